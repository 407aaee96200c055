import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOf } from "../core/index.ts";
import type { StepVertex, Vertex } from "../graph/index.ts";
import { matchSteps, type PastStep } from "./history.ts";

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
function matched(before: PastStep[], now: StepVertex[]): (string | undefined)[] {
  const found = matchSteps(before, now);
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
  const found = matchSteps(before, now);
  assert.deepEqual(
    now.map((vertex) => found.get(vertex)),
    before,
  );
});

test("a step of another stage is another step", () => {
  const [before] = past("RUN a");
  assert.deepEqual(matched([{ ...(before as PastStep), stage: "t" }], steps("RUN a")), [undefined]);
});
