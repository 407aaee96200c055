import assert from "node:assert/strict";
import { test } from "node:test";
import { StepTimes } from "./step-times.ts";

test("a step that was done has a time; one from the cache or that failed has none", () => {
  const times = new StepTimes();
  const tell = (name: string, state: "running" | "cached" | "done" | "failed", time: number): void =>
    times.on({ type: "vertex", id: name, name, state, time });
  tell("a", "running", 1000);
  tell("b", "cached", 1500);
  tell("c", "running", 1500);
  tell("a", "done", 3500);
  tell("c", "failed", 4000);
  assert.deepEqual(
    ["a", "b", "c", "d"].map((name) => times.secondsOf(name)),
    [2.5, undefined, undefined, undefined],
  );
});
