/** Where a build's result can go, read back with tools of others. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { busyboxTar } from "../support/base.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { lacking, Place, run } from "../support/slipway.ts";

const skip: string | false = lacking("skopeo", "docker-registry", "zstd");
const both = "linux/amd64,linux/arm64";
let place: Place;
let registry: TestRegistry;
let host: string;
let context: string;

before(async () => {
  if (skip) return;
  place = new Place();
  registry = await startRegistry(place);
  host = registry.host;
  context = place.files("context", { Dockerfile: "FROM scratch\nCOPY a /d/a\nENV A=1\n", a: "hello\n".repeat(1000) });
});
after(() => {
  registry?.stop();
  place?.[Symbol.dispose]();
});

async function ok(words: readonly string[]): Promise<string> {
  const outcome = await place.slipway(words);
  assert.equal(outcome.code, 0, outcome.stderr);
  return outcome.stdout;
}

async function manifestOf(reference: string): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await run(["skopeo", "inspect", "--raw", "--tls-verify=false", reference]);
  assert.notEqual(stdout, "", stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
}

const layerTypes = (manifest: Record<string, unknown>): string[] =>
  (manifest["layers"] as { mediaType: string }[]).map(({ mediaType }) => mediaType.replace(/^.*layer\.v1\./, ""));

test("layers are compressed as asked, and skopeo unpacks them", { skip }, async () => {
  const kinds = { gzip: "tar+gzip", zstd: "tar+zstd", uncompressed: "tar" };
  for (const [kind, type] of Object.entries(kinds)) {
    const file = join(place.folder, `${kind}.tar`);
    await ok(["build", "-t", "a:1", "-o", `type=oci,dest=${file},compression=${kind}`, context]);
    assert.deepEqual(layerTypes(await manifestOf(`oci-archive:${file}`)), [type]);
    const copied = await run([
      "skopeo",
      "copy",
      "--dest-decompress",
      `oci-archive:${file}`,
      `dir:${join(place.folder, `${kind}.d`)}`,
    ]);
    assert.equal(copied.code, 0, copied.stderr);
  }
});

test("the same build gives the same archive", { skip }, async () => {
  for (const name of ["one.tar", "two.tar"]) await ok(["build", "-o", `type=oci,dest=${join(place.folder, name)}`, context]);
  assert.ok(readFileSync(join(place.folder, "one.tar")).equals(readFileSync(join(place.folder, "two.tar"))));
});

test("one build writes several outputs, each in its own form", { skip }, async () => {
  const out = join(place.folder, "several");
  await ok([
    "build",
    "-o",
    `type=oci,tar=false,dest=${join(out, "layout")},name=x:1`,
    "-o",
    join(out, "files"),
    "-o",
    `type=tar,dest=${join(place.folder, "files.tar")}`,
    "-o",
    `type=registry,name=${host}/x:zstd,compression=zstd,store=false`,
    context,
  ]);
  assert.deepEqual(layerTypes(await manifestOf(`oci:${join(out, "layout")}:1`)), ["tar+gzip"]);
  assert.deepEqual(layerTypes(await manifestOf(`docker://${host}/x:zstd`)), ["tar+zstd"]);
  assert.deepEqual(readdirSync(join(out, "files/d")), ["a"]);
  const listed = await run(["tar", "tf", join(place.folder, "files.tar")]);
  assert.equal(listed.stdout, "d/\nd/a\n");
  assert.doesNotMatch(await ok(["images"]), /zstd/);
});

test("several platforms make an index, which is stored, saved, pushed and shown", { skip }, async () => {
  const facts = join(place.folder, "facts.json");
  const words = ["--annotation", "index,manifest:k=v", "--annotation", "manifest-descriptor[linux/arm64]:only=arm"];
  await ok(["build", "--platform", both, "-t", `${host}/multi:1`, "--push", ...words, "--metadata-file", facts, context]);
  const index = await manifestOf(`docker://${host}/multi:1`);
  const entries = index["manifests"] as { platform: { architecture: string }; annotations?: object }[];
  assert.deepEqual(
    entries.map(({ platform, annotations }) => [platform.architecture, annotations]),
    [
      ["amd64", undefined],
      ["arm64", { only: "arm" }],
    ],
  );
  assert.deepEqual(index["annotations"], { k: "v" });
  const metadata = JSON.parse(readFileSync(facts, "utf8")) as Record<string, string>;
  assert.deepEqual(await manifestOf(`docker://${host}/multi@${metadata["containerimage.digest"]}`), index);
  assert.match(await ok(["images", "--no-trunc"]), /multi +1 +sha256:/);
  assert.equal(metadata["image.name"], `${host}/multi:1`);
  await ok(["save", "-o", join(place.folder, "multi.tar"), `${host}/multi:1`]);
  assert.equal((await manifestOf(`oci-archive:${join(place.folder, "multi.tar")}`))["mediaType"], index["mediaType"]);
});

test("files of several platforms lie apart", { skip }, async () => {
  const out = join(place.folder, "apart");
  await ok(["build", "--platform", both, "-o", out, context]);
  assert.deepEqual(readdirSync(out), ["linux_amd64", "linux_arm64"]);
});

test("an image can be pushed without a tag", { skip }, async () => {
  const facts = join(place.folder, "untagged.json");
  await ok(["build", "-o", `type=image,name=${host}/untagged,push=true,push-by-digest=true`, "--metadata-file", facts, context]);
  const digest = (JSON.parse(readFileSync(facts, "utf8")) as Record<string, string>)["containerimage.digest"];
  assert.deepEqual((await manifestOf(`docker://${host}/untagged@${digest}`))["schemaVersion"], 2);
  assert.notEqual((await run(["skopeo", "inspect", "--tls-verify=false", `docker://${host}/untagged:latest`])).code, 0);
});

test("Docker's media types on request", { skip }, async () => {
  const file = join(place.folder, "docker.tar");
  await ok(["build", "-o", `type=oci,dest=${file},oci-mediatypes=false`, context]);
  const manifest = await manifestOf(`oci-archive:${file}`);
  assert.equal(manifest["mediaType"], "application/vnd.docker.distribution.manifest.v2+json");
  assert.deepEqual(layerTypes(manifest), ["application/vnd.docker.image.rootfs.diff.tar.gzip"]);
});

test("rewrite-timestamp makes a build with RUN the same at any time", { skip }, async () => {
  await ok(["import", await busyboxTar(), "busybox"]);
  const folder = place.files("clock", { Dockerfile: "FROM busybox\nRUN mkdir /n && date > /dev/null && echo x > /n/f\n" });
  const digests = [];
  for (const name of ["first", "second"]) {
    const facts = join(place.folder, `${name}.json`);
    const words = ["--no-cache", "--build-arg", "SOURCE_DATE_EPOCH=1500000000", "--metadata-file", facts];
    await ok(["build", ...words, "-o", `type=oci,dest=${join(place.folder, `${name}.tar`)},rewrite-timestamp=true`, folder]);
    digests.push((JSON.parse(readFileSync(facts, "utf8")) as Record<string, string>)["containerimage.digest"]);
  }
  assert.equal(digests[0], digests[1]);
});

test("with SOURCE_DATE_EPOCH files that are written out have its time, and what lay there keeps its own", { skip }, async () => {
  const out = place.files("dated", { kept: "mine\n" });
  const epoch = ["--build-arg", "SOURCE_DATE_EPOCH=1500000000"];
  await ok(["build", ...epoch, "-o", out, "-o", `type=tar,dest=${join(place.folder, "dated.tar")}`, context]);
  assert.equal(statSync(join(out, "d/a")).mtimeMs, 1_500_000_000_000);
  assert.notEqual(statSync(join(out, "kept")).mtimeMs, 1_500_000_000_000);
  const listed = await run(["tar", "tvf", join(place.folder, "dated.tar"), "--utc"]);
  assert.match(listed.stdout, /2017-07-14 02:40 d\/a$/m);
});

test("a file that cannot be made is an error in words", { skip }, async () => {
  for (const type of ["tar", "oci"]) {
    const outcome = await place.slipway(["build", "-o", `type=${type},dest=/nowhere/${type}.tar`, context]);
    assert.equal(outcome.code, 1);
    assert.match(outcome.stderr, /OUTPUT_FAILED/);
  }
});
