/** Pull and push through a real registry. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { busyboxTar } from "../support/base.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { lacking, Place } from "../support/slipway.ts";

const skip: string | false = lacking("docker-registry");
let place: Place;
let registry: TestRegistry;
let host: string;

before(async () => {
  if (skip) return;
  place = new Place();
  registry = await startRegistry(place);
  host = registry.host;
  assert.equal((await place.slipway(["import", "-c", 'CMD ["sh"]', await busyboxTar(), "busybox"])).code, 0);
});
after(() => {
  registry?.stop();
  place?.[Symbol.dispose]();
});

test("an image that was pushed is pulled by another store, and a build finds it", { skip }, async () => {
  assert.equal((await place.slipway(["tag", "busybox", `${host}/team/base:1`])).code, 0);
  const pushed = await place.slipway(["push", `${host}/team/base:1`]);
  assert.equal(pushed.code, 0, pushed.stderr);
  const other = join(place.folder, "other");
  const pulled = await place.slipway(["pull", `${host}/team/base:1`], { root: other });
  assert.equal(pulled.code, 0, pulled.stderr);
  const third = join(place.folder, "third");
  const context = place.files("app", { Dockerfile: `FROM ${host}/team/base:1\nRUN echo built > /f\n` });
  const built = await place.slipway(["build", "-t", "app", context], { root: third });
  assert.equal(built.code, 0, built.stderr);
  assert.equal((await place.slipway(["run", "--rm", "app", "cat", "/f"], { root: third })).stdout, "built\n");
});

test("layers are compressed on the way to the registry, once; --push tells the digest that the registry has", {
  skip,
}, async () => {
  const context = place.files("pushed", { Dockerfile: "FROM busybox\nCOPY f /f\n", f: "text ".repeat(100_000) });
  const name = `${host}/team/pushed:1`;
  const metadata = join(place.folder, "metadata.json");
  const built = await place.slipway(["build", "--push", "--metadata-file", metadata, "-t", name, context]);
  assert.equal(built.code, 0, built.stderr);
  const answer = await fetch(`http://${host}/v2/team/pushed/manifests/1`, {
    headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
  });
  const manifest = (await answer.json()) as { layers: { mediaType: string; size: number }[] };
  assert.deepEqual(
    [...new Set(manifest.layers.map((layer) => layer.mediaType))],
    ["application/vnd.oci.image.layer.v1.tar+gzip"],
  );
  assert.ok((manifest.layers.at(-1)?.size ?? 0) < 50_000);
  const told = JSON.parse(readFileSync(metadata, "utf8")) as Record<string, unknown>;
  assert.equal(told["containerimage.digest"], answer.headers.get("docker-content-digest"));
  const again = await place.slipway(["push", name]);
  assert.equal(again.code, 0, again.stderr);
  assert.equal(again.stdout.match(/Layer already exists/g)?.length, 3, again.stdout);
  assert.doesNotMatch(again.stdout, /Pushed/);
});

test("a base that its registry has in another repository is mounted, not sent", { skip }, async () => {
  const root = join(place.folder, "mounting");
  const context = place.files("mounting-app", { Dockerfile: `FROM ${host}/team/base:1\nRUN echo new > /f\n` });
  const name = `${host}/other/app:1`;
  assert.equal((await place.slipway(["build", "-t", name, context], { root })).code, 0);
  const pushed = await place.slipway(["push", name], { root });
  assert.equal(pushed.code, 0, pushed.stderr);
  assert.match(pushed.stdout, /: Mounted from team\/base\n/);
  assert.equal(pushed.stdout.match(/: Pushed\n/g)?.length, 2, "the new layer and the config");
});

test("COPY --link on a base of the same registry brings nothing of the base", { skip }, async () => {
  const [root, other] = [join(place.folder, "lazy"), join(place.folder, "eager")];
  const name = `${host}/third/app:1`;
  const context = place.files("lazy-app", { Dockerfile: `FROM ${host}/team/base:1\nCOPY --link f /f\n`, f: "linked\n" });
  const built = await place.slipway(["build", "-t", name, "-o", "type=registry,store=false", context], { root });
  assert.equal(built.code, 0, built.stderr);
  const sizes = readdirSync(join(root, "blobs/sha256")).map((blob) => readFileSync(join(root, "blobs/sha256", blob)).length);
  assert.ok(Math.max(...sizes) < 100_000, `blobs of ${sizes} bytes`);
  assert.equal((await place.slipway(["run", "--rm", name, "cat", "/f"], { root: other })).stdout, "linked\n");
});

test("a base of another registry passes through", { skip }, async () => {
  const second = await startRegistry(place, "", "second");
  try {
    const [root, other] = [join(place.folder, "passing"), join(place.folder, "passed")];
    const name = `${second.host}/app:1`;
    const context = place.files("passing-app", { Dockerfile: `FROM ${host}/team/base:1\nENV A=passed\n` });
    const built = await place.slipway(["build", "-t", name, "-o", "type=registry,store=false", context], { root });
    assert.equal(built.code, 0, built.stderr);
    assert.equal((await place.slipway(["run", "--rm", name, "sh", "-c", "echo $A"], { root: other })).stdout, "passed\n");
  } finally {
    second.stop();
  }
});

test("a tag that is not there", { skip }, async () => {
  const outcome = await place.slipway(["pull", `${host}/team/base:2`]);
  assert.equal(outcome.code, 1);
  assert.match(outcome.stderr, /manifest unknown/);
});

test("a blob that was tampered with is refused and not kept", { skip }, async () => {
  const blobs = join(place.folder, "registry/docker/registry/v2/blobs/sha256");
  const largest = readdirSync(blobs, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("/data"))
    .map((file) => join(blobs, file))
    .sort((a, b) => readFileSync(b).length - readFileSync(a).length)[0];
  assert.ok(largest);
  const bytes = readFileSync(largest);
  bytes[1000] = (bytes[1000] ?? 0) ^ 1;
  writeFileSync(largest, bytes);
  const root = join(place.folder, "fourth");
  const outcome = await place.slipway(["pull", `${host}/team/base:1`], { root });
  assert.equal(outcome.code, 1);
  assert.match(outcome.stderr, /has digest sha256:\w+, not sha256:/);
  assert.equal((await place.slipway(["images", "-q"], { root })).stdout, "");
});
