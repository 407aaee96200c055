import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOf } from "../core/index.ts";
import type { StepVertex, Vertex } from "../graph/index.ts";
import { matchSteps, type PastStep, pastSteps, type ToldStep } from "./match-steps.ts";

const image: Vertex = {
  source: { kind: "image", reference: "busybox", manifest: digestOf("m"), platform: "linux/amd64", diffIds: [] },
  origin: { stage: "", name: "[1/9] FROM busybox", ranges: [] },
};

function steps(...texts: string[]): StepVertex[] {
  let base: Vertex = image;
  return texts.map((text, at) => {
    const vertex: StepVertex = {
      step: { kind: "mkdir", path: "/" },
      base,
      inputs: [],
      origin: { stage: "s", name: `[${at + 2}/9] ${text}`, ranges: [] },
    };
    base = vertex;
    return vertex;
  });
}

function past(...texts: string[]): PastStep[] {
  return texts.map((text, at) => ({
    stage: "s",
    text,
    key: digestOf(text),
    from: { step: { kind: "mkdir", path: "/" }, inputs: [] },
    base: { name: texts[at - 1] ?? "busybox" },
  }));
}

/** What each step was. */
function matched(before: PastStep[], now: StepVertex[], stages: readonly string[] = ["s"]): (string | undefined)[] {
  const found = matchSteps(before, now, stages);
  return now.map((vertex) => found.get(vertex)?.text);
}

test("steps with the same text are the same steps, wherever they stand", () => {
  assert.deepEqual(matched(past("RUN a", "RUN b"), steps("RUN new", "RUN a", "RUN b")), [undefined, "RUN a", "RUN b"]);
});

test("a line that was edited is the step that stood on the same one", () => {
  assert.deepEqual(matched(past("RUN a", "RUN b", "RUN c"), steps("RUN a", "RUN b2", "RUN c")), ["RUN a", "RUN b", "RUN c"]);
});

test("the first line of a stage is known by its image", () => {
  assert.deepEqual(matched(past("RUN a"), steps("RUN z")), ["RUN a"]);
});

test("lines that are all edited are matched in their order", () => {
  assert.deepEqual(matched(past("RUN a", "RUN b"), steps("RUN x", "RUN y")), ["RUN a", "RUN b"]);
});

test("a text that stands twice is two steps", () => {
  const [before, now] = [past("RUN a", "RUN a"), steps("RUN a", "RUN a")];
  const found = matchSteps(before, now, ["s"]);
  assert.deepEqual(
    now.map((vertex) => found.get(vertex)),
    before,
  );
});

test("a step of another stage is another step", () => {
  const [before] = past("RUN a");
  assert.deepEqual(matched([{ ...(before as PastStep), stage: "t" }], steps("RUN a"), ["s", "t"]), [undefined]);
});

test("a stage that is called otherwise now is known by its lines", () => {
  const before = past("RUN a", "RUN b").map((step) => ({ ...step, stage: "old" }));
  assert.deepEqual(matched(before, steps("RUN a", "RUN b2")), ["RUN a", "RUN b"]);
  assert.deepEqual(matched(before, steps("RUN x", "RUN y")), [undefined, undefined]);
});

test("of the steps that others made that one counts which stands on the same one", () => {
  const told = (text: string, key: string, base?: string): ToldStep => ({
    key: digestOf(key),
    from: { step: { kind: "mkdir", path: "/" }, inputs: [], ...(base === undefined ? {} : { base: digestOf(base) }) },
    origin: { stage: "s", name: `[2/9] ${text}`, ranges: [] },
  });
  const branches = [told("RUN b", "b on x", "x"), told("RUN b", "b on a", "a"), told("RUN a", "a", "an image")];
  const now = steps("RUN a", "RUN b");
  const found = matchSteps(pastSteps(branches), now, ["s"]);
  assert.deepEqual(
    now.map((vertex) => found.get(vertex)?.key),
    [digestOf("a"), digestOf("b on a")],
  );
  assert.deepEqual(found.get(now[0] as StepVertex)?.base, {});
  assert.deepEqual(found.get(now[1] as StepVertex)?.base, { name: "RUN a" });
});
