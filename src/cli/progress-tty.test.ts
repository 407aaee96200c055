import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProgressEvent } from "../core/index.ts";
import { colorsOf } from "./colors.ts";
import { Trace } from "./progress-trace.ts";
import { TtyProgress } from "./progress-tty.ts";

function world(columns = 40, rows = 10) {
  const written: string[] = [];
  let now = 0;
  const trace = new Trace();
  const screen = { write: (text: string) => void written.push(text), columns: () => columns, rows: () => rows };
  const display = new TtyProgress(trace, screen, {
    colors: colorsOf({ NO_COLOR: "1" }),
    logLines: 2,
    label: "slipway",
    now: () => now,
  });
  return { written, trace, display, at: (time: number) => (now = time) };
}

const plain = (text: string): string[] =>
  text
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "")
    .replace(/\r/g, "")
    .split("\n")
    .slice(0, -1);
const begin = (id: string, name: string, time: number): ProgressEvent => ({ type: "vertex", id, name, state: "running", time });
const wrote = (id: string, text: string, time: number): ProgressEvent => ({
  type: "output",
  id,
  stream: "stdout",
  data: Buffer.from(text),
  time,
});

test("a frame shows the steps with their times, and the last lines of those at work", () => {
  const { written, display, trace, at } = world();
  trace.take({ type: "vertex", id: "a", name: "[1/2] FROM busybox", state: "cached", time: 0 });
  trace.take(begin("b", "[2/2] RUN make all the things that there are", 0));
  trace.take(wrote("b", "one\ntwo\nthree\n", 100));
  at(1300);
  display.paint(false);
  assert.deepEqual(plain(written[0] ?? ""), [
    "[+] Building 1.3s (1/2)         slipway",
    " => CACHED [1/2] FROM busybox      0.0s",
    " => [2/2] RUN make all the thin... 1.3s",
    " => => # two                           ",
    " => => # three                         ",
  ]);
});

test("the next frame begins on top of the last one and is one write", () => {
  const { written, display, trace, at } = world();
  trace.take(begin("a", "x", 0));
  display.paint(false);
  at(500);
  display.paint(false);
  assert.equal(written.length, 2);
  assert.ok(written[1]?.startsWith("\u001b[?25l\u001b[2A\r"));
});

test("nothing is written when nothing has changed", () => {
  const { written, display, trace } = world();
  trace.take(begin("a", "x", 0));
  display.paint(false);
  display.paint(false);
  assert.equal(written.length, 1);
});

test("on a low terminal the steps at work are kept and the last frame has all", () => {
  const { written, display, trace } = world(40, 6);
  for (let i = 0; i < 8; i++)
    trace.take({ type: "vertex", id: `${i}`, name: `step ${i}`, state: i === 2 ? "running" : "done", time: 0 });
  display.paint(false);
  const names = plain(written[0] ?? "").flatMap((line) => / => (step \d)/.exec(line)?.[1] ?? []);
  assert.deepEqual(names, ["step 2", "step 5", "step 6", "step 7"]);
  display.end();
  assert.equal(plain(written.at(-1) ?? "").length, 9);
});
