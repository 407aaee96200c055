import assert from "node:assert/strict";
import { test } from "node:test";
import { type Digest, digestOf } from "../core/index.ts";
import type { StepVertex, Vertex } from "../graph/index.ts";
import type { Cache, Key, Snapshot } from "./cache.ts";
import { Forecast } from "./forecast.ts";
import type { Worker } from "./worker.ts";

const image: Vertex = {
  source: { kind: "image", reference: "base", manifest: digestOf("m"), platform: "linux/amd64", diffIds: [] },
  origin: { stage: "", name: "FROM base", ranges: [] },
};
const step = (stage: string, name: string, base: Vertex, from?: Vertex, more: Partial<StepVertex> = {}): StepVertex => ({
  step: { kind: "mkdir", path: `/${name}` },
  base,
  inputs: from ? [{ by: "content", vertex: from, select: { path: "/", wildcard: false, followLinks: true, exclude: [] } }] : [],
  origin: { stage, name, ranges: [] },
  ...more,
});

/** Forecasts over a cache that has the results and the contents of the steps named so. */
function world(cached: readonly string[] = []) {
  const results = new Map<Key, Snapshot>();
  const contents = new Map<Key, Digest>();
  const cache: Cache = {
    result: (key) => results.get(key),
    content: (key) => contents.get(key),
    putResult: () => assert.fail("a forecast keeps nothing"),
    putContent: () => assert.fail("a forecast keeps nothing"),
  };
  const worker: Worker = {
    pin: async (source) => digestOf(source),
    fetch: async () => assert.fail("nothing is fetched"),
    perform: async () => assert.fail("nothing is run"),
    digest: async (tree) => digestOf(tree),
  };
  const states = async (vertex: Vertex): Promise<string[]> => {
    const forecast = new Forecast(cache, worker, new AbortController().signal, async () => undefined);
    const steps = await forecast.of(vertex);
    return steps.map(({ vertex: { origin }, state, waitsFor = [] }) => [origin.name, state, ...waitsFor].join(" "));
  };
  /** Puts the steps in the cache whose keys are known. */
  const learn = async (vertex: Vertex): Promise<void> => {
    const forecast = new Forecast(cache, worker, new AbortController().signal, async () => undefined);
    for (const { key, vertex: of } of await forecast.of(vertex)) {
      if (!key || !cached.includes(of.origin.name)) continue;
      results.set(key, [key]);
      contents.set(key, digestOf(of.origin.name));
    }
  };
  return { states, learn };
}

test("without a cache all runs, and what copies from a stage may run", async () => {
  const builder = step("build", "make", image);
  const result = step("final", "after", step("final", "copy", image, builder));
  assert.deepEqual(await world().states(result), ["make runs", "copy may run stage build", "after may run stage build"]);
});

test("a step that is found needs nothing below it", async () => {
  const result = step("s", "two", step("s", "one", image));
  const w = world(["two"]);
  await w.learn(result);
  assert.deepEqual(await w.states(result), ["one cached", "two cached"]);
});

test("a stage whose files are known leaves no doubt", async () => {
  const result = step("final", "copy", image, step("build", "make", image));
  const w = world(["make"]);
  await w.learn(result);
  assert.deepEqual(await w.states(result), ["make cached", "copy runs"]);
});

test("what must not come from the cache runs, and so does all that stands on it", async () => {
  const graph = (more: Partial<StepVertex>) => step("s", "two", step("s", "one", image, undefined, more));
  const w = world(["one", "two"]);
  await w.learn(graph({}));
  assert.deepEqual(await w.states(graph({ ignoreCache: true })), ["one runs", "two runs"]);
});
