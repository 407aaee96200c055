import assert from "node:assert/strict";
import { test } from "node:test";
import { type Digest, digestOf } from "../core/index.ts";
import type { Selector, StepVertex, Vertex } from "../graph/index.ts";
import type { Cache, Ingredients, Key, Snapshot } from "./cache.ts";
import { Solver } from "./solver.ts";
import type { Worker } from "./worker.ts";

const origin = { stage: "s", name: "n", ranges: [] };
const out: Selector = { path: "/out", wildcard: false, followLinks: true, exclude: [] };
const context: Vertex = { source: { kind: "context", name: "main" }, origin };
const image = (name: string): Vertex => ({
  source: { kind: "image", reference: name, manifest: digestOf(name), platform: "linux/amd64", diffIds: [digestOf(name)] },
  origin,
});
const run = (line: string, base: Vertex, more: Partial<StepVertex> = {}): StepVertex => ({
  step: {
    kind: "run",
    argv: [line],
    env: [],
    cwd: "/",
    user: "",
    network: "default",
    security: "sandbox",
    mounts: [],
    platform: "linux/amd64",
  },
  base,
  inputs: [],
  origin,
  ...more,
});
const copy = (from: Vertex, base?: Vertex): StepVertex => ({
  step: { kind: "copy", dest: "/x", actions: [] },
  inputs: [{ by: "content", vertex: from, select: out }],
  origin,
  ...(base ? { base } : {}),
});
const link = (from: Vertex, base: Vertex): StepVertex => ({
  step: { kind: "merge" },
  base,
  inputs: [{ by: "definition", vertex: copy(from) }],
  origin,
});

/** A cache and a worker in memory. `did` lists what the last build did; a run makes the files its line says up to a `#`. */
function world() {
  const results = new Map<Key, Snapshot>();
  const records: Ingredients[] = [];
  const contents = new Map<string, Digest>();
  const files = new Map<string, unknown>();
  const did: string[] = [];
  const states: string[] = [];
  const host = { context: "a", fail: "", slow: "" };
  let build = 0;
  const cache: Cache = {
    result: (key) => results.get(key),
    content: (key, select) => contents.get(key + digestOf(select)),
    putResult: (key, snapshot, from) => {
      results.set(key, snapshot);
      records.push(from);
    },
    putContent: (key, select, digest) => void contents.set(key + digestOf(select), digest),
  };
  const worker: Worker = {
    pin: async (source) => (source.kind === "image" ? digestOf(source.diffIds) : digestOf([source, build])),
    fetch: async (source, key) => {
      did.push(`fetch ${source.kind}`);
      files.set(key, source.kind === "context" ? host.context : key);
      return [key];
    },
    perform: async (vertex, _key, base, inputs, job) => {
      const { step } = vertex;
      const line = step.kind === "run" ? (step.argv[0] ?? "") : step.kind;
      job.start();
      did.push(step.kind === "run" ? `run ${line}` : line);
      if (line === host.fail) throw new Error(`${line} failed`);
      if (line === host.slow) {
        await new Promise<void>((resolve) => job.signal.addEventListener("abort", () => setTimeout(resolve, 5)));
        did.push(`${line} stopped`);
        job.signal.throwIfAborted();
      }
      const layer = digestOf([step, base, inputs]);
      const made = step.kind === "merge" ? [...base, ...(inputs.flat() as Digest[])] : [...base, layer];
      job.keep(made);
      if (step.kind === "merge") return made;
      files.set(layer, step.kind === "run" ? line.replace(/#.*/, "") : layer);
      return made;
    },
    digest: async (snapshot) => {
      did.push("digest");
      return digestOf(files.get(snapshot.at(-1) ?? ""));
    },
  };
  const solver = () =>
    new Solver(cache, worker, new AbortController().signal, (event) => event.type === "vertex" && states.push(event.state));
  const solve = (vertex: Vertex) => {
    did.length = 0;
    states.length = 0;
    build++;
    return solver().solve(vertex);
  };
  return { solve, solver, did, states, results, contents, records, host };
}

test("a second build looks at the context and does nothing else", async () => {
  const w = world();
  const graph = run("make", copy(context, image("base")));
  await w.solve(graph);
  assert.deepEqual([...w.did].sort(), ["copy", "digest", "fetch context", "fetch image", "run make"]);
  await w.solve(graph);
  assert.deepEqual(w.did, ["fetch context", "digest"]);
  assert.deepEqual(w.states, ["cached", "cached", "cached"]);
});

test("files of a context that two steps select are digested once, and nothing of it is kept for other builds", async () => {
  const w = world();
  await w.solve(copy(context, run("between", copy(context, image("base")))));
  assert.equal(w.did.filter((line) => line === "digest").length, 1);
  assert.equal(w.contents.size, 0);
});

test("a changed context rebuilds from the COPY on", async () => {
  const w = world();
  const graph = run("after", copy(context, run("before", image("base"))));
  await w.solve(graph);
  w.host.context = "b";
  await w.solve(graph);
  assert.deepEqual(w.did, ["fetch context", "digest", "copy", "run after"]);
});

test("a builder that changed but made the same files cuts the rebuild short", async () => {
  const w = world();
  const graph = (line: string) => run("final", copy(run(line, image("builder")), image("base")));
  await w.solve(graph("compile"));
  await w.solve(graph("compile# -v"));
  assert.deepEqual(w.did, ["fetch image", "run compile# -v", "digest"]);
});

test("an unchanged builder is neither run nor mounted nor digested", async () => {
  const w = world();
  const graph = (line: string) => run(line, copy(run("compile", image("builder")), image("base")));
  await w.solve(graph("one"));
  await w.solve(graph("two"));
  assert.deepEqual(w.did, ["run two"]);
});

test("a hit needs no record below it", async () => {
  const w = world();
  const below = run("one", image("base"));
  const graph = run("two", below);
  await w.solve(graph);
  w.results.delete(await w.solver().key(below));
  await w.solve(graph);
  assert.deepEqual(w.did, []);
});

test("COPY --link survives a new base: its layer is the very same", async () => {
  const w = world();
  const builder = run("compile", image("builder"));
  const before = await w.solve(link(builder, image("base")));
  const after = await w.solve(link(builder, image("new base")));
  assert.deepEqual(w.did, ["fetch image", "merge"]);
  assert.equal(after.at(-1), before.at(-1));
});

test("COPY --link is told as one line, which is done when it was stacked anew", async () => {
  const w = world();
  const builder = run("compile", image("builder"));
  await w.solve(link(builder, image("base")));
  assert.equal(w.states.filter((state) => state === "done").length, 2);
  await w.solve(link(builder, image("new base")));
  assert.equal(w.states.at(-1), "done");
  await w.solve(link(builder, image("new base")));
  assert.deepEqual(w.states, ["cached", "cached", "cached", "cached"]);
});

test("two vertices with one key run once, also at the same time", async () => {
  const w = world();
  await w.solve(copy(run("same", image("base")), run("same", image("base"))));
  assert.equal(w.did.filter((did) => did === "run same").length, 1);
});

test("a step without cache runs again, and so does all that is made from it", async () => {
  const w = world();
  const graph = (more: Partial<StepVertex>) =>
    run("after", copy(run("builder", image("base"), more), run("first", image("base"), more)));
  await w.solve(graph({}));
  await w.solve(graph({ ignoreCache: true }));
  assert.deepEqual(w.did.sort(), ["copy", "digest", "fetch image", "run after", "run builder", "run first"]);
  await w.solve(graph({}));
  assert.deepEqual(w.did, []);
});

test("after a failure the other steps are stopped and awaited, and the first error is thrown", async () => {
  const w = world();
  w.host.fail = "bad";
  w.host.slow = "slow";
  await assert.rejects(w.solve(copy(run("slow", image("a")), run("bad", image("b")))), /bad failed/);
  assert.ok(w.did.includes("slow stopped"));
});

test("an abort from outside ends the build", async () => {
  const w = world();
  w.host.slow = "slow";
  const controller = new AbortController();
  const never: Worker = {
    pin: async () => digestOf("x"),
    fetch: async () => [],
    digest: async () => digestOf("y"),
    perform: async (_v, _k, _b, _i, job) => {
      controller.abort();
      job.signal.throwIfAborted();
      return [];
    },
  };
  const none: Cache = { result: () => undefined, content: () => undefined, putResult: () => {}, putContent: () => {} };
  await assert.rejects(new Solver(none, never, controller.signal, () => {}).solve(run("x", image("a"))), { name: "AbortError" });
});
