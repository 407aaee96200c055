/**
 * Makes the snapshot of a vertex, and does as little as it can on the way.
 *
 * Keys flow up the graph; snapshots follow only where a key is not enough. A step
 * whose key is in the cache is done: nothing below it is pulled, mounted or run. A
 * key needs the snapshot of an input only if that input counts by content and nobody
 * has digested the selected files before. A map of promises is the whole scheduler.
 */
import { allSettled, type Change, type Digest, digestOf, memo, type OnProgress } from "../core/index.ts";
import type { Input, StepVertex, Vertex } from "../graph/index.ts";
import type { Cache, Ingredients, Key, Snapshot } from "./cache.ts";
import type { IngredientsOf, Made } from "./history.ts";
import type { TreeId, Worker } from "./worker.ts";

/** Tells what is otherwise in a step than in an earlier build; undefined if none had it. */
export type Explain = (vertex: StepVertex, ingredients: IngredientsOf) => Promise<readonly Change[] | undefined>;

export class Solver {
  readonly #cache: Cache;
  readonly #worker: Worker;
  readonly #progress: OnProgress;
  readonly #explain: Explain | undefined;
  readonly #made = new Map<StepVertex, Made>();
  readonly #why = new Map<Vertex, readonly Change[]>();
  readonly #abort = new AbortController();
  readonly #signal: AbortSignal;
  readonly #keys = new Map<Vertex, Promise<Key>>();
  readonly #ingredients = new Map<Vertex, Promise<Ingredients>>();
  readonly #snapshots = new Map<Key, Promise<readonly TreeId[]>>();
  readonly #contents = new Map<Digest, Promise<Digest>>();
  readonly #stale = new Map<Vertex, boolean>();
  readonly #shown = new Map<Vertex, string>();
  /** The merge that a vertex is told as: a COPY --link is one line. */
  readonly #merges = new Map<Vertex, StepVertex>();
  readonly #ahead: Promise<void>[] = [];
  #failure: unknown;
  #failed: Vertex | undefined;

  constructor(cache: Cache, worker: Worker, signal: AbortSignal, progress: OnProgress, explain?: Explain) {
    this.#cache = cache;
    this.#worker = worker;
    this.#progress = progress;
    this.#explain = explain;
    this.#signal = AbortSignal.any([signal, this.#abort.signal]);
  }

  /** The vertex whose work failed first. */
  get failed(): Vertex | undefined {
    return this.#failed;
  }

  /** The steps that are done, found or made, and what they were made from. */
  get made(): ReadonlyMap<StepVertex, Made> {
    return new Map([...this.#made].filter(([vertex]) => ["cached", "done"].includes(this.#shown.get(vertex) ?? "")));
  }

  /**
   * The snapshot of a vertex. After an error the other steps at work are stopped and
   * awaited; what is thrown is the error that came first.
   */
  async solve(vertex: Vertex): Promise<Snapshot> {
    try {
      return (await this.#named(vertex)) as Snapshot;
    } catch (error) {
      throw this.#failure ?? error;
    } finally {
      await Promise.allSettled(this.#ahead);
    }
  }

  /** The key of a vertex. */
  key(vertex: Vertex): Promise<Key> {
    return memo(this.#keys, vertex, async () => {
      if ("step" in vertex) {
        const from = await this.#ingredientsOf(vertex);
        const key = digestOf(from);
        this.#made.set(vertex, { key, from });
        return key;
      }
      return this.#watched(vertex, () => this.#worker.pin(vertex.source, this.#jobOf(vertex)));
    });
  }

  /** Two vertices with one key share one execution. */
  async #tree(vertex: Vertex): Promise<readonly TreeId[]> {
    const key = await this.key(vertex);
    return memo(this.#snapshots, key, async () => {
      this.#signal.throwIfAborted();
      if ("step" in vertex) return this.#recall(vertex, key) ?? (await this.#perform(vertex, key));
      const tree = await this.#watched(vertex, () => this.#worker.fetch(vertex.source, key, this.#jobOf(vertex)));
      this.#finish(vertex);
      return tree;
    });
  }

  /** The layers of a vertex by name: those of an image need not be here for that. */
  async #named(vertex: Vertex): Promise<readonly TreeId[]> {
    if ("step" in vertex) return this.#tree(vertex);
    await this.key(vertex);
    const names = this.#worker.name?.(vertex.source);
    if (names) this.#showCached(vertex);
    return names ?? this.#tree(vertex);
  }

  #recall(vertex: StepVertex, key: Key): Snapshot | undefined {
    if (this.#isStale(vertex)) return undefined;
    const snapshot = this.#cache.result(key);
    if (snapshot) this.#showCached(vertex);
    return snapshot;
  }

  async #perform(vertex: StepVertex, key: Key): Promise<Snapshot> {
    this.#tellAsOne(vertex);
    const explained = this.#explain?.(vertex, (of) => this.#ingredientsOf(of));
    explained?.catch(() => {});
    const inputs = vertex.inputs.map((input) => this.#tree(input.vertex));
    // Stacking layers looks into none of them.
    const below = (base: Vertex): Promise<readonly TreeId[]> =>
      vertex.step.kind === "merge" ? this.#named(base) : this.#tree(base);
    const [base, ...trees] = await allSettled([vertex.base ? below(vertex.base) : Promise.resolve([]), ...inputs]);
    const ingredients = await this.#ingredientsOf(vertex);
    const why = await explained;
    if (why) this.#why.set(vertex, why);
    return this.#watched(vertex, async () => {
      const layers = (base ?? []) as Snapshot;
      const stale = this.#isStale(vertex);
      const found = (): Snapshot | undefined => (stale ? undefined : this.#cache.result(key));
      const keep = (made: Snapshot): void => this.#cache.putResult(key, made, ingredients, vertex.origin);
      const snapshot = await this.#worker.perform(vertex, key, layers, trees, { ...this.#jobOf(vertex), found, keep });
      this.#finish(vertex);
      return snapshot;
    });
  }

  #ingredientsOf(vertex: StepVertex): Promise<Ingredients> {
    return memo(this.#ingredients, vertex, async () => {
      const inputs = vertex.inputs.map((input) => this.#watched(vertex, () => this.#digestOfInput(input, vertex.base)));
      const [base, ...digests] = await allSettled([vertex.base ? this.key(vertex.base) : Promise.resolve(undefined), ...inputs]);
      const step = this.#worker.keyed?.(vertex.step) ?? vertex.step;
      return { step, inputs: digests as Digest[], ...(base ? { base } : {}) };
    });
  }

  async #digestOfInput(input: Input, base: Vertex | undefined): Promise<Digest> {
    const key = await this.key(input.vertex);
    if (input.by === "definition") return key;
    const known = this.#isStale(input.vertex) ? undefined : this.#cache.content(key, input.select);
    if (known) {
      this.#showCached(input.vertex);
      return known;
    }
    if (base && "step" in base) this.#startAhead(base);
    return memo(this.#contents, digestOf([key, input.select]), async () => {
      const tree = await this.#tree(input.vertex);
      const digest = await this.#worker.digest(tree, input, this.#jobOf(input.vertex));
      // The key of a context is of this build alone: nobody will ask for it again.
      const passing = "source" in input.vertex && input.vertex.source.kind === "context";
      if (!passing) this.#cache.putContent(key, input.select, digest);
      return digest;
    });
  }

  /**
   * Begins with a base whose result will be needed in all likelihood: it is not in the
   * cache, so neither is what stands on it. Without this a stage would wait for the
   * stages it copies from before its own first RUN.
   */
  #startAhead(base: StepVertex): void {
    const started = this.key(base).then(async (key) => {
      const found = !this.#isStale(base) && this.#cache.result(key);
      if (!found) await this.#tree(base);
    });
    this.#ahead.push(started.catch(() => {}));
  }

  /**
   * Whether results under the key of this vertex may be of another run: it, or what it
   * is made from by definition, is to run again although its key has not changed.
   */
  #isStale(vertex: Vertex): boolean {
    const known = this.#stale.get(vertex);
    if (known !== undefined) return known;
    const stale =
      "step" in vertex &&
      (vertex.ignoreCache === true ||
        (vertex.base !== undefined && this.#isStale(vertex.base)) ||
        vertex.inputs.some((input) => input.by === "definition" && this.#isStale(input.vertex)));
    this.#stale.set(vertex, stale);
    return stale;
  }

  /** Does work for a vertex and tells how it goes. The first failure stops all other work. */
  async #watched<T>(vertex: Vertex, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!this.#failure) {
        this.#failure = error;
        this.#failed = vertex;
      }
      if (this.#shown.get(vertex) === "running") this.#show(vertex, "failed", error);
      this.#abort.abort();
      throw error;
    }
  }

  #finish(vertex: Vertex): void {
    if (this.#shown.get(vertex) === "running") this.#show(vertex, "done");
    else if (!this.#shown.has(vertex)) this.#showCached(vertex);
  }

  #jobOf(vertex: Vertex): { id: string; start: () => void; signal: AbortSignal; progress: OnProgress; vertex: Vertex } {
    return {
      id: this.#idOf(vertex),
      start: () => {
        if (!this.#shown.has(vertex)) this.#show(vertex, "running");
      },
      signal: this.#signal,
      progress: this.#progress,
      vertex,
    };
  }

  /** A step that was found needs nothing below it, so that counts as found as well. */
  #showCached(vertex: Vertex): void {
    if (this.#shown.has(vertex)) return;
    if ("step" in vertex) {
      this.#tellAsOne(vertex);
      if (vertex.base) this.#showCached(vertex.base);
      for (const input of vertex.inputs) this.#showCached(input.vertex);
    } else if (vertex.source.kind === "context" || vertex.source.kind === "inline") return;
    this.#show(vertex, "cached");
  }

  #tellAsOne(vertex: StepVertex): void {
    if (vertex.step.kind === "merge") for (const input of vertex.inputs) this.#merges.set(input.vertex, vertex);
  }

  #show(vertex: Vertex, state: "running" | "cached" | "done" | "failed", error?: unknown): void {
    this.#shown.set(vertex, state);
    const merge = this.#merges.get(vertex);
    if (merge) {
      const why = this.#why.get(vertex);
      if (why) this.#why.set(merge, why);
      // The merge ends the line, and stacks anew what may have been found.
      if ((state === "running" && !this.#shown.has(merge)) || state === "failed") this.#show(merge, state, error);
      return;
    }
    const text = error instanceof Error ? { error: error.message } : {};
    const known = this.#why.get(vertex);
    const why = known && state === "running" ? { why: known } : {};
    const made = "step" in vertex && state !== "running" ? this.#made.get(vertex) : undefined;
    const key = made ? { key: made.key } : {};
    const { name } = vertex.origin;
    this.#progress({ type: "vertex", id: this.#idOf(vertex), name, state, time: Date.now(), ...text, ...why, ...key });
  }

  readonly #ids = new Map<Vertex, string>();
  #idOf(part: Vertex): string {
    const vertex = this.#merges.get(part) ?? part;
    const id = this.#ids.get(vertex) ?? `v${this.#ids.size + 1}`;
    this.#ids.set(vertex, id);
    return id;
  }
}
