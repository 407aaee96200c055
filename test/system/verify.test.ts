/** Images made again: identical, or the first difference is named. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { busyboxTar } from "../support/base.ts";
import { lacking, type Outcome, Place } from "../support/slipway.ts";

const skip: string | false = lacking("dpkg");
let place: Place;

before(async () => {
  if (skip) return;
  place = new Place();
  assert.equal((await place.slipway(["import", await busyboxTar(), "busybox"])).code, 0);
});
after(() => place?.[Symbol.dispose]());

async function build(name: string, files: Readonly<Record<string, string>>, ...words: string[]): Promise<string> {
  const context = place.files(name, files);
  const { code, stderr } = await place.slipway(["build", "-t", name, ...words, context]);
  assert.equal(code, 0, stderr);
  return context;
}

const verify = (name: string, ...words: string[]): Promise<Outcome> => place.slipway(["verify", "-q", ...words, name]);

test("an image of copied files is identical when it is made again, and the cache stays as it was", { skip }, async () => {
  const dockerfile =
    "FROM busybox\nARG V\nLABEL v=$V\nWORKDIR /w\nCOPY . /src\nRUN test $V = 2 && touch -d @1700000000 /src /w/x /w\n";
  const context = await build("same", { Dockerfile: dockerfile, a: "a" }, "--build-arg", "V=2", "--rewrite-timestamp");
  const builds = (await place.slipway(["builds", "-q"])).stdout;
  const { code, stdout, stderr } = await verify("same");
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /^identical: sha256:[0-9a-f]{64}\n$/);
  assert.equal((await place.slipway(["builds", "-q"])).stdout, builds);
  const dry = await place.slipway(["build", "--dry-run", "--build-arg", "V=2", context]);
  assert.match(dry.stdout, / 0 to run/);
});

test("a RUN that writes something else each time is found out, and the file named", { skip }, async () => {
  const dockerfile = "FROM busybox\nRUN mkdir /d && cat /proc/sys/kernel/random/uuid > /d/id\n";
  await build("random", { Dockerfile: dockerfile });
  const { code, stdout } = await verify("random");
  assert.equal(code, 1);
  assert.match(stdout, /^differs: layer 2 \(RUN [^)]*\): \/d\/id: content sha256:\w+, made again sha256:\w+\n/);
});

test("where files differ in their times alone, that is said", { skip }, async () => {
  await build("times", { Dockerfile: "FROM busybox\nRUN date +%N > /dev/null && sleep 1.1 && echo x > /x\n" });
  const { code, stdout } = await verify("times", "--format", "json");
  assert.equal(code, 1);
  const { difference } = JSON.parse(stdout);
  assert.equal(difference.file.path, "x");
  assert.equal(difference.file.attribute, "time");
  assert.match((await verify("times")).stdout, /^differs in times of files alone: layer 2 /);
});

test("a context that has changed since is named by its file and attribute", { skip }, async () => {
  const context = await build("edited", { Dockerfile: "FROM busybox\nCOPY . /src\n", a: "1" });
  place.files("edited", { b: "new" });
  assert.match((await verify("edited")).stdout, /layer 2 \(COPY [^)]*\): \/src\/b: presence not there, made again file\n/);
  place.files("edited", { Dockerfile: "FROM busybox\nENV A=1\nCOPY a /src/a\n" });
  assert.notEqual((await verify("edited")).code, 0);
  assert.ok(context);
});

test("a base that has another image now is named, and not the files that follow from it", { skip }, async () => {
  await place.slipway(["tag", "busybox", "moving"]);
  await build("on-moving", { Dockerfile: "FROM moving\nCOPY a /a\n", a: "a" });
  await build("moving", { Dockerfile: "FROM busybox\nRUN echo moved > /moved\n" });
  const { code, stdout } = await verify("on-moving");
  assert.equal(code, 1);
  assert.match(stdout, /^differs: moving:latest is another image: sha256:\w{64}, made again sha256:\w{64}\n/);
});

test("secrets that the build was given are asked for, and serve when they are given again", { skip }, async () => {
  const run = "RUN --mount=type=secret,id=token wc -c < /run/secrets/token > /size\n";
  const context = place.files("secret-file", { token: "value" });
  const flag = ["--secret", `id=token,src=${context}/token`];
  await build("secret", { Dockerfile: `FROM busybox\n${run}` }, ...flag, "--rewrite-timestamp");
  const without = await verify("secret");
  assert.equal(without.code, 1);
  assert.match(without.stderr, /secret was built with secret token, which is not kept {2}\[LOAN_MISSING\]/);
  assert.match(without.stderr, /give it again: --secret id=token,src=FILE/);
  assert.match((await verify("secret", ...flag)).stdout, /^identical: /);
});

test("all that makes the image is given again: --squash, --unset, several platforms", { skip }, async () => {
  const files = { Dockerfile: "FROM busybox\nENV A=1\nCOPY a /a\nCOPY b /b\n", a: "all of a", b: "b" };
  await build("parent", { Dockerfile: "FROM busybox\nENV A=1\n" });
  const child = { ...files, Dockerfile: files.Dockerfile.replace("busybox", "parent") };
  await build("squashed", child, "--squash", "--unset", "env=A");
  assert.match((await verify("squashed")).stdout, /^identical: /);
  const context = await build("several", { ...files, a: "of several", b: "as well" }, "--platform", "linux/amd64,linux/arm64");
  assert.match((await verify("several")).stdout, /^identical: /);
  place.files("several", { b: "changed" });
  assert.match((await verify("several")).stdout, /^differs: layer 3 \(COPY b [^)]*\): \/b: content /);
  assert.ok(context);
});

test("an image whose inputs are not known cannot be verified, and it is said why", { skip }, async () => {
  const imported = await verify("busybox");
  assert.equal(imported.code, 1);
  assert.match(imported.stderr, /what busybox was made from is not known here {2}\[INPUTS_UNKNOWN\]/);
});
