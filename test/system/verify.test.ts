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

test("an image whose inputs are not known cannot be verified, and it is said why", { skip }, async () => {
  const imported = await verify("busybox");
  assert.equal(imported.code, 1);
  assert.match(imported.stderr, /what busybox was made from is not known here {2}\[INPUTS_UNKNOWN\]/);
});
