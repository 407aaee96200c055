/**
 * What a build would do, found out without doing it: keys are made and looked up, the
 * context is digested, and nothing is run, copied or pulled.
 *
 * A step that copies from a stage is certain only if that stage's files are known. If
 * the stage is to run first, its files may turn out as they were, so the step may or
 * may not run.
 */
import { type Change, type Digest, digestOf, type OnProgress } from "../core/index.ts";
import type { Input, StepVertex, Vertex } from "../graph/index.ts";
import type { Cache, Ingredients, Key } from "./cache.ts";
import type { Explain } from "./solver.ts";
import type { TreeId, Worker } from "./worker.ts";

/** What would become of a step. */
export interface ForecastStep {
  readonly vertex: StepVertex;
  readonly state: "cached" | "runs" | "may run";
  readonly key?: Key;
  /** Why it is not taken from the cache; left out where no earlier build had it. */
  readonly why?: readonly Change[];
  /** `may run`: the stages, or images, whose files are not known yet. */
  readonly waitsFor?: readonly string[];
}

export class Forecast {
  readonly #cache: Cache;
  readonly #worker: Worker;
  readonly #signal: AbortSignal;
  readonly #explain: Explain;
  readonly #made = new Map<StepVertex, Promise<Ingredients | undefined>>();
  readonly #pins = new Map<Vertex, Promise<Key>>();
  readonly #steps = new Map<StepVertex, ForecastStep>();
  readonly #unknown = new Map<StepVertex, Set<string>>();

  constructor(cache: Cache, worker: Worker, signal: AbortSignal, explain: Explain) {
    this.#cache = cache;
    this.#worker = worker;
    this.#signal = signal;
    this.#explain = explain;
  }

  /** The steps that a vertex needs, each after those it stands on. */
  async of(vertex: Vertex): Promise<readonly ForecastStep[]> {
    await this.#need(vertex);
    return [...this.#steps.values()];
  }

  async #need(vertex: Vertex): Promise<void> {
    if (!("step" in vertex) || this.#steps.has(vertex)) return;
    const from = await this.#ingredientsOf(vertex);
    const key = from && digestOf(from);
    if (key && !isStale(vertex) && this.#cache.result(key)) return this.#found(vertex, key);
    if (vertex.base) await this.#need(vertex.base);
    for (const input of vertex.inputs) await this.#need(input.vertex);
    if (!key) {
      const certain = { vertex, state: "runs", why: [{ kind: "no-cache" }] } as const;
      this.#steps.set(vertex, isStale(vertex) ? certain : { vertex, state: "may run", waitsFor: [...this.#unknownOf(vertex)] });
      return;
    }
    const why = await this.#explain(vertex, async (of) => (await this.#ingredientsOf(of)) as Ingredients);
    this.#steps.set(vertex, { vertex, state: "runs", key, ...(why ? { why } : {}) });
  }

  /** A step that is found needs nothing below it, so that counts as found as well. */
  #found(vertex: Vertex, key?: Key): void {
    if (!("step" in vertex) || this.#steps.has(vertex)) return;
    if (vertex.base) this.#found(vertex.base);
    for (const input of vertex.inputs) this.#found(input.vertex);
    this.#steps.set(vertex, { vertex, state: "cached", ...(key ? { key } : {}) });
  }

  async #key(vertex: Vertex): Promise<Key | undefined> {
    if ("step" in vertex) {
      const from = await this.#ingredientsOf(vertex);
      return from && digestOf(from);
    }
    const pin = this.#pins.get(vertex) ?? this.#worker.pin(vertex.source, this.#jobOf(vertex));
    this.#pins.set(vertex, pin);
    return pin;
  }

  #ingredientsOf(vertex: StepVertex): Promise<Ingredients | undefined> {
    const known = this.#made.get(vertex) ?? this.#makeIngredients(vertex);
    this.#made.set(vertex, known);
    return known;
  }

  async #makeIngredients(vertex: StepVertex): Promise<Ingredients | undefined> {
    const base = vertex.base && (await this.#key(vertex.base));
    const inputs: Digest[] = [];
    for (const input of vertex.inputs) {
      const digest = await this.#digestOf(input, vertex);
      if (digest) inputs.push(digest);
    }
    if ((vertex.base && !base) || inputs.length < vertex.inputs.length) return undefined;
    const step = this.#worker.keyed?.(vertex.step) ?? vertex.step;
    return { step, inputs, ...(base ? { base } : {}) };
  }

  async #digestOf(input: Input, of: StepVertex): Promise<Digest | undefined> {
    const key = await this.#key(input.vertex);
    if (key && input.by === "definition") return key;
    if (key && input.by === "content") {
      const stale = isStale(input.vertex);
      const known = stale ? undefined : this.#cache.content(key, input.select);
      if (known) return known;
      const tree = stale ? undefined : await this.#treeOf(input.vertex, key);
      if (tree) return this.#worker.digest(tree, input, this.#jobOf(input.vertex));
    }
    this.#waitFor(of, input.vertex);
    return undefined;
  }

  /** The files of a vertex, where they are on this machine already. */
  async #treeOf(vertex: Vertex, key: Key): Promise<readonly TreeId[] | undefined> {
    if ("step" in vertex) return this.#cache.result(key);
    const { kind } = vertex.source;
    return kind === "context" || kind === "inline" ? this.#worker.fetch(vertex.source, key, this.#jobOf(vertex)) : undefined;
  }

  #waitFor(step: StepVertex, input: Vertex): void {
    const names = this.#unknown.get(step) ?? new Set();
    const further = "step" in input ? this.#unknownOf(input) : new Set<string>();
    for (const name of further.size > 0 ? further : [nameOf(input)]) names.add(name);
    this.#unknown.set(step, names);
  }

  /** What a step waits for itself, or what it stands on waits for. */
  #unknownOf(vertex: StepVertex): ReadonlySet<string> {
    const own = this.#unknown.get(vertex);
    if (own) return own;
    return vertex.base && "step" in vertex.base ? this.#unknownOf(vertex.base) : new Set();
  }

  #jobOf(vertex: Vertex): Parameters<Worker["pin"]>[1] {
    const progress: OnProgress = () => {};
    return { id: vertex.origin.name, vertex, start: () => {}, progress, signal: this.#signal };
  }
}

function nameOf(vertex: Vertex): string {
  return "step" in vertex ? `stage ${vertex.origin.stage}` : vertex.origin.name;
}

/** Whether what the cache has under the key of this vertex is not to be used. */
function isStale(vertex: Vertex): boolean {
  if (!("step" in vertex)) return false;
  if (vertex.ignoreCache || (vertex.base && isStale(vertex.base))) return true;
  return vertex.inputs.some((input) => input.by === "definition" && isStale(input.vertex));
}
