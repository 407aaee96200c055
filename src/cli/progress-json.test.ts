import assert from "node:assert/strict";
import { test } from "node:test";
import { JsonProgress } from "./progress-json.ts";

test("events are SolveStatus objects, one a line", () => {
  const lines: string[] = [];
  const display = new JsonProgress((text) => void lines.push(text));
  display.on({ type: "vertex", id: "v1", name: "[1/1] FROM x", state: "running", time: 0 });
  display.on({ type: "output", id: "v1", stream: "stderr", data: Buffer.from("hi\n"), time: 1 });
  display.on({ type: "status", id: "v1", what: "sha256:ab", current: 1, total: 2, done: true, time: 2 });
  display.on({ type: "vertex", id: "v1", name: "[1/1] FROM x", state: "cached", time: 3 });
  const [begun, log, status, ended] = lines.map((line) => JSON.parse(line));
  const { digest } = begun.vertexes[0];
  assert.match(digest, /^sha256:[0-9a-f]{64}$/);
  assert.deepEqual(begun.vertexes[0], { digest, name: "[1/1] FROM x", started: "1970-01-01T00:00:00.000Z" });
  assert.deepEqual(log, { logs: [{ vertex: digest, stream: 2, data: "aGkK", timestamp: "1970-01-01T00:00:00.001Z" }] });
  assert.equal(status.statuses[0].completed, "1970-01-01T00:00:00.002Z");
  assert.equal(ended.vertexes[0].cached, true);
});
