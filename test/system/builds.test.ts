/** Records of builds: the list, the logs, the reasons. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { busyboxTar } from "../support/base.ts";
import { lacking, Place, program } from "../support/slipway.ts";

const skip: string | false = lacking("dpkg");
let place: Place;

before(async () => {
  if (skip) return;
  place = new Place();
  assert.equal((await place.slipway(["import", await busyboxTar(), "busybox"])).code, 0);
});
after(() => place?.[Symbol.dispose]());

const read = async (...words: string[]): Promise<string> => {
  const { code, stdout, stderr } = await place.slipway(words);
  assert.equal(code, 0, stderr);
  return stdout;
};
const inspect = async (): Promise<{ number: number; state: string; error?: { code: string }; steps: { state: string }[] }> =>
  JSON.parse(await read("builds", "inspect"))[0];

test("all that a step wrote can be read after the build, and nothing else", { skip }, async () => {
  const context = place.files("logs", { Dockerfile: "FROM busybox\nRUN seq 5000\nRUN printf 'no line end'\n" });
  await place.slipway(["build", context]);
  const { number } = await inspect();
  assert.equal(await read("logs", String(number), "seq"), Array.from({ length: 5000 }, (_, i) => `${i + 1}\n`).join(""));
  assert.equal(await read("logs", String(number), "PRINTF"), "no line end");
  assert.match(await read("logs"), /RUN seq 5000\n1\n2\n[^]*\n5000\n#\d+ .*RUN printf 'no line end'\nno line end\n$/);
});

test("a failed step says where all its lines are", { skip }, async () => {
  const context = place.files("failed", { Dockerfile: "FROM busybox\nRUN seq 12 && exit 3\n" });
  const { code, stderr } = await place.slipway(["build", "--progress=plain", context]);
  assert.equal(code, 1);
  const [, words] = /All 12 lines: slipway (logs \d+ \d+)/.exec(stderr) ?? [];
  assert.ok(words, stderr);
  assert.match(await read(...words.split(" ")), /^1\n2\n[^]*12\n$/);
  const build = await inspect();
  assert.equal(build.state, "failed");
  assert.equal(build.error?.code, "RUN_FAILED");
});

test("explain tells of each step whether and why it was done", { skip }, async () => {
  const context = place.files("why", { Dockerfile: "FROM busybox\nCOPY a /\nRUN true\n", a: "1" });
  await place.slipway(["build", context]);
  assert.match(await read("explain", String((await inspect()).number), "COPY"), /no earlier build had it/);
  place.files("why", { a: "2" });
  await place.slipway(["build", context]);
  const text = await read("explain");
  assert.match(text, /COPY a \/: done .*\n {4}of the build context:\n {6}a \(content\)\n/);
  assert.match(text, /RUN true: done .*\n {4}\[2\/3\] COPY a \/ changed\n/);
});

test("a build whose process was killed is lost, not running", { skip }, async () => {
  const context = place.files("killed", { Dockerfile: "FROM busybox\nRUN echo begun && sleep 7654\n" });
  const child = spawn(program, ["--root", place.root, "build", "--progress=plain", context], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let text = "";
  child.stderr.on("data", (chunk: Buffer) => {
    text += chunk;
  });
  for (let i = 0; i < 200 && !/\d begun/.test(text); i++) await sleep(50);
  assert.equal((await inspect()).state, "running", text);
  child.kill("SIGKILL");
  await new Promise((resolve) => child.on("close", resolve));
  const lost = await inspect();
  assert.equal(lost.state, "lost");
  assert.equal(lost.steps.at(-1)?.state, "canceled");
  assert.match(await read("logs"), /begun/);
});

test("a build can be forgotten, and pruning the cache does not", { skip }, async () => {
  const context = place.files("forget", { Dockerfile: "FROM busybox\n" });
  await place.slipway(["build", context]);
  const { number } = await inspect();
  await read("builds", "rm", String(number));
  const { code, stderr } = await place.slipway(["logs", String(number)]);
  assert.equal(code, 1);
  assert.match(stderr, /there is no build \d+ {2}\[BUILD_NOT_FOUND\]/);
  const builds = await read("builds", "-q");
  await read("builder", "prune", "-af");
  assert.equal(await read("builds", "-q"), builds);
  await read("builds", "rm", "--all");
  assert.equal(await read("builds", "-q"), "");
});
