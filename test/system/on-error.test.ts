/** What can be done in the place of a RUN that failed. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build, type FailedRun, openWorkbench } from "../../src/index.ts";
import { busyboxTar } from "../support/base.ts";
import { lacking, Place, program } from "../support/slipway.ts";

const skip: string | false = lacking("dpkg", "script");
const noHelper: string | false = existsSync(join(import.meta.dirname, "../../dist/slipway-exec"))
  ? false
  : "needs the native helper";
let place: Place;

before(async () => {
  if (skip) return;
  place = new Place();
  assert.equal((await place.slipway(["import", await busyboxTar(), "busybox"])).code, 0);
});
after(() => place?.[Symbol.dispose]());

const DOCKERFILE: string = `FROM busybox
ENV COLOUR=green
WORKDIR /tmp
RUN --mount=type=secret,id=word --mount=type=cache,target=/c touch /c/mine && echo left > state && exit 7
`;

test("the library runs other processes in the place of one that failed", { skip }, async () => {
  const context = place.files("hook", { Dockerfile: DOCKERFILE });
  const bench = openWorkbench({ root: place.root });
  let [text, told] = ["", ""];
  const onFailure = async (failed: FailedRun): Promise<void> => {
    told = `${failed.name} ${failed.exitCode} ${failed.shell}`;
    const io = {
      onOutput: (_stream: string, data: Uint8Array): void => {
        text += Buffer.from(data);
      },
    };
    const signal = new AbortController().signal;
    const argv = ["/bin/sh", "-c", "cat state /run/secrets/word; pwd; echo $COLOUR; ls /c; exit 5"];
    assert.equal(await failed.run(argv, io, { signal }), 5);
    assert.equal(await failed.run(["/bin/true"], io, { signal }), 0);
  };
  const loans = { secrets: new Map([["word", { value: "hush\n" }]]), ssh: new Map() };
  await assert.rejects(build(bench, { context, loans, onFailure }), { code: "RUN_FAILED" });
  assert.match(told, /RUN .* 7 \/bin\/sh$/);
  assert.equal(text, "left\nhush\n/tmp\ngreen\nmine\n");
  assert.deepEqual(readdirSync(join(place.root, "tmp")), []);
});

test("--on-error=shell opens a shell on the terminal, and the build fails after it", { skip: skip || noHelper }, async () => {
  const context = place.files("shell", { Dockerfile: DOCKERFILE });
  const command = `${program} --root ${place.root} build --progress=plain --on-error=shell ${context}`;
  const child = spawn("script", ["-qec", command, "/dev/null"], { stdio: ["pipe", "pipe", "ignore"] });
  let text = "";
  let asked = false;
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk;
    if (asked || !/leave it to end the build/.test(text)) return;
    asked = true;
    child.stdin.write("cat state; tty; exit\n");
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.equal(code, 1, text);
  assert.match(text, /RUN .* failed with exit code 7\. This is a shell in its place/);
  assert.match(text, /\nleft\r?\n\/dev\//);
  assert.match(text, /\[RUN_FAILED\]/);
  assert.doesNotMatch(readFileSync("/proc/self/mountinfo", "utf8"), new RegExp(place.folder));
});

test("--on-error=shell without a terminal is refused before anything is built", { skip }, async () => {
  const context = place.files("none", { Dockerfile: DOCKERFILE });
  const { code, stderr } = await place.slipway(["build", "--on-error=shell", context]);
  assert.equal(code, 1);
  assert.match(stderr, /--on-error=shell needs a terminal {2}\[NOT_A_TERMINAL\]/);
});
