import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProgressEvent } from "../core/index.ts";
import { PlainProgress } from "./progress-plain.ts";
import { Trace } from "./progress-trace.ts";

type Vertex = Extract<ProgressEvent, { type: "vertex" }>;
const vertex = (id: string, state: Vertex["state"], time: number, more: Partial<Vertex> = {}): ProgressEvent => ({
  type: "vertex",
  id,
  name: `step ${id}`,
  state,
  time,
  ...more,
});
const output = (id: string, text: string, time: number): ProgressEvent => ({
  type: "output",
  id,
  stream: "stdout",
  data: Buffer.from(text),
  time,
});

function printed(events: readonly ProgressEvent[]): string {
  let text = "";
  const display = new PlainProgress(new Trace(), (piece) => {
    text += piece;
  });
  for (const event of events) display.on(event);
  display.end();
  return text;
}

test("steps one after another look as BuildKit prints them", () => {
  const text = printed([
    vertex("a", "cached", 0),
    vertex("b", "running", 0),
    output("b", "one\ntw", 222),
    output("b", "o\n", 12340),
    vertex("b", "done", 13100),
    { type: "vertex", id: "x", name: "exporting to image", state: "running", time: 13100 },
    { type: "status", id: "x", what: "writing image sha256:1", done: true, time: 13100 },
    vertex("x", "done", 13150),
  ]);
  assert.equal(
    text,
    `#1 step a
#1 CACHED

#2 step b
#2 0.222 one
#2 12.34 two
#2 DONE 13.1s

#3 exporting to image
#3 writing image sha256:1 done
#3 DONE 0.1s
`,
  );
});

test("a step that ends interrupts the one that has the floor, which is named again", () => {
  const text = printed([
    vertex("a", "running", 0),
    vertex("b", "running", 0),
    output("b", "from b\n", 100),
    output("a", "from a\n", 200),
    vertex("b", "done", 300),
    output("a", "more\n", 400),
    vertex("a", "done", 500),
  ]);
  assert.equal(
    text,
    `#1 step a
#1 0.200 from a
#1 ...

#2 step b
#2 0.100 from b
#2 DONE 0.3s

#1 step a
#1 0.400 more
#1 DONE 0.5s
`,
  );
});

test("a step that talks for long hands the floor over", () => {
  const text = printed([
    vertex("a", "running", 0),
    vertex("b", "running", 10),
    output("b", "early\n", 20),
    output("b", "late\n", 5100),
    vertex("b", "done", 5200),
    vertex("a", "done", 5300),
  ]);
  assert.match(text, /^#1 step a\n#1 \.\.\.\n\n#2 step b\n#2 0\.010 early\n#2 5\.090 late\n#2 DONE 5\.2s\n/);
});

test("what a step wrote last needs no line break, and an error is told", () => {
  const text = printed([
    vertex("a", "running", 0),
    output("a", "no newline", 50),
    vertex("a", "failed", 100, { error: "exit code: 3" }),
  ]);
  assert.equal(text, "#1 step a\n#1 0.100 no newline\n#1 ERROR: exit code: 3\n");
});

test("a step that was stopped with the build is not an error of its own", () => {
  assert.equal(printed([vertex("a", "failed", 0, { error: "This operation was aborted" })]), "#1 step a\n#1 CANCELED\n");
});

test("why a step runs again stands under its name", () => {
  assert.equal(
    printed([vertex("a", "running", 0, { why: [{ kind: "below", name: "[1/2] RUN a" }] })]),
    "#1 step a\n#1 why: [1/2] RUN a changed\n",
  );
});

test("a character that comes in two pieces is put together", () => {
  const [first, second] = [Buffer.from("é\n").subarray(0, 1), Buffer.from("é\n").subarray(1)];
  const piece = (data: Uint8Array): ProgressEvent => ({ type: "output", id: "a", stream: "stderr", data, time: 0 });
  assert.equal(printed([vertex("a", "running", 0), piece(first), piece(second)]), "#1 step a\n#1 0.000 é\n");
});

test("sizes of what moves are told when it has ended", () => {
  const status = (current: number, done: boolean): ProgressEvent => ({
    type: "status",
    id: "a",
    what: "sha256:ab",
    current,
    total: 5242880,
    done,
    time: done ? 1200 : 0,
  });
  const text = printed([vertex("a", "running", 0), status(0, false), status(5242880, true)]);
  assert.equal(text, "#1 step a\n#1 sha256:ab 5.24MB / 5.24MB 1.2s done\n");
});
