/**
 * What the steps of a build were made from the last time, and what is otherwise now.
 *
 * Builds of one Dockerfile for one platform have a record in common. It is written when
 * a build ends and a step is not what it was; a build that finds all its steps unchanged
 * only reads it. A build that has no such record may learn from a cache that travels.
 */
import { join } from "node:path";
import { type Change, type Digest, digestOf, hexOf, memo } from "../core/index.ts";
import type { ContentInput, Input, StepVertex, Vertex } from "../graph/index.ts";
import type { Store } from "../store/index.ts";
import { offload, type TreeSource } from "../tree/index.ts";
import type { Ingredients, Key } from "./cache.ts";
import { explainStep, selectsOtherwise } from "./explain.ts";
import { matchSteps, type PastStep, pastSteps, standingOf, type ToldStep, textOf } from "./match-steps.ts";

/** What a step is made from. */
export interface Made {
  readonly key: Key;
  readonly from: Ingredients;
}

/** What a step is made from, as a solver knows it. */
export type IngredientsOf = (vertex: StepVertex) => Promise<Ingredients>;

/** So many files of one input are named. */
const MOST_FILES = 20;

export interface HistoryOptions {
  /** Names what the builds have in common. */
  readonly id: Digest;
  /** A result a platform. */
  readonly results: readonly Vertex[];
  /** All stages of the Dockerfile. */
  readonly stages: readonly string[];
  /** Where the files of a context lie. */
  readonly source: (vertex: Vertex) => TreeSource | undefined;
}

export class History {
  readonly #store: Store;
  readonly #id: Digest;
  readonly #stages: readonly string[];
  readonly #source: (vertex: Vertex) => TreeSource | undefined;
  readonly #own: ReadonlyMap<StepVertex, PastStep>;
  readonly #steps: readonly StepVertex[];
  /** Of several platforms the one that a step was planned for, counted from 0. */
  readonly #platforms = new Map<Vertex, number>();
  #told: () => ReadonlyMap<StepVertex, PastStep> = () => new Map();
  readonly #before: readonly PastStep[];
  readonly #explained = new Map<StepVertex, Promise<readonly Change[] | undefined>>();

  constructor(store: Store, { id, results, stages, source }: HistoryOptions) {
    this.#store = store;
    this.#id = id;
    this.#stages = stages;
    this.#source = source;
    this.#steps = stepsOf(results);
    if (results.length > 1)
      for (const [index, result] of results.entries()) for (const step of stepsOf([result])) this.#platforms.set(step, index);
    this.#before = store.records.get<{ steps: PastStep[] }>("history", id)?.steps ?? [];
    this.#own = matchSteps(this.#before, this.#steps, stages);
  }

  /** Compares steps that no earlier build had with those that a cache tells of: the first that fits counts. */
  learn(told: () => readonly ToldStep[]): void {
    let matched: ReadonlyMap<StepVertex, PastStep> | undefined;
    this.#told = () => {
      matched ??= matchSteps(pastSteps(told()), this.#steps, this.#stages);
      return matched;
    };
  }

  /** What is otherwise than in the earlier build that had the step; undefined if none had it. */
  explain(vertex: StepVertex, ingredients: IngredientsOf): Promise<readonly Change[] | undefined> {
    return memo(this.#explained, vertex, () => this.#explain(vertex, ingredients));
  }

  /** Where to remember which files an input selects, and the digests of those that are still to be compared with. */
  listing(input: ContentInput): { readonly file: string; readonly wanted: readonly Digest[] } {
    const wanted = this.#before.flatMap(({ from }) => from.inputs);
    return { file: this.#listing(labelOf(input.vertex), input), wanted };
  }

  #listing(label: string, { vertex, select }: ContentInput): string {
    const platform = this.#platforms.get(vertex);
    const name = digestOf([this.#id, label, select, ...(platform === undefined ? [] : [platform])]);
    return join(this.#store.paths.records, "listings", hexOf(name));
  }

  /** Remembers steps that are done. Those that were not reached, and those of other targets, stay as they were. */
  keep(made: ReadonlyMap<StepVertex, Made>): void {
    let changed = false;
    const steps = this.#steps.flatMap((vertex): PastStep[] => {
      const past = this.#own.get(vertex);
      const now = made.get(vertex);
      const { stage } = vertex.origin;
      if (!now || (now.key === past?.key && stage === past.stage)) return past ? [past] : [];
      changed = true;
      const base = vertex.base ? { base: standingOf(vertex.base) } : {};
      return [{ stage, text: textOf(vertex.origin), key: now.key, from: now.from, ...base }];
    });
    const reached = new Set(this.#steps.map((vertex) => vertex.origin.stage));
    const others = this.#before.filter(({ stage }) => this.#stages.includes(stage) && !reached.has(stage));
    const all = [...steps, ...others];
    if (changed || all.length !== this.#before.length) this.#store.records.put("history", this.#id, { steps: all });
  }

  #past(vertex: StepVertex): PastStep | undefined {
    return this.#own.get(vertex) ?? this.#told().get(vertex);
  }

  async #explain(vertex: StepVertex, ingredients: IngredientsOf): Promise<readonly Change[] | undefined> {
    const past = this.#past(vertex);
    if (!past) return undefined;
    const now = await ingredients(vertex);
    const changes = [...(await this.#ofBase(vertex, past, now, ingredients)), ...explainStep(past.from.step, now.step)];
    if (now.inputs.length === past.from.inputs.length && !selectsOtherwise(changes)) {
      for (const [index, input] of vertex.inputs.entries()) {
        const [before, after] = [past.from.inputs[index], now.inputs[index]];
        if (before && after && before !== after) changes.push(await this.#ofInput(input, before, after, ingredients));
      }
    }
    if (changes.length > 0) return changes;
    if (vertex.ignoreCache) return [{ kind: "no-cache" }];
    return vertex.base && (await this.#runsAgain(vertex.base, ingredients)) ? [below(vertex.base)] : [{ kind: "lost" }];
  }

  async #ofBase(vertex: StepVertex, past: PastStep, now: Ingredients, ingredients: IngredientsOf): Promise<Change[]> {
    if (now.base === past.from.base) return [];
    const { base } = vertex;
    const before = past.base ? past.base.name : "scratch";
    const { name = "" } = base ? standingOf(base) : { name: "scratch" };
    if (!base) return [{ kind: "moved", before: before ?? "an image", now: name }];
    const known = "step" in base ? this.#past(base)?.text : name;
    if (known === before || (before === undefined && !("step" in base)))
      return [await this.#because(base, past.base?.manifest, ingredients)];
    return [{ kind: "moved", before: before ?? "an image", now: name }];
  }

  async #ofInput(input: Input, before: Digest, now: Digest, ingredients: IngredientsOf): Promise<Change> {
    if (input.by === "definition") return this.#because(input.vertex, undefined, ingredients);
    const source = this.#source(input.vertex);
    const former = "step" in input.vertex ? this.#past(input.vertex)?.stage : undefined;
    const comparison = {
      file: this.listing(input).file,
      ...(former === undefined ? {} : { former: this.#listing(`stage ${former}`, input) }),
      before,
      now,
      limit: MOST_FILES,
      ...(source ? { source } : {}),
    };
    const compared = await offload("compareListings", comparison);
    return { kind: "files", from: labelOf(input.vertex), total: compared?.total ?? 0, files: compared?.files ?? [] };
  }

  /** The vertex below changed: the one that began it is named. */
  async #because(vertex: Vertex, manifest: Digest | undefined, ingredients: IngredientsOf): Promise<Change> {
    if ("step" in vertex) {
      const own = await this.explain(vertex, ingredients);
      const only = own?.length === 1 ? own[0] : undefined;
      return only && (only.kind === "below" || only.kind === "image") ? only : below(vertex);
    }
    if (vertex.source.kind !== "image") return { kind: "source", name: labelOf(vertex) };
    const { reference, manifest: now } = vertex.source;
    return { kind: "image", name: reference, now, ...(manifest ? { before: manifest } : {}) };
  }

  /** Whether a step below is done again although its key is what it was. */
  async #runsAgain(vertex: Vertex, ingredients: IngredientsOf): Promise<boolean> {
    if (!("step" in vertex)) return false;
    const own = await this.explain(vertex, ingredients);
    return own?.some((change) => change.kind === "no-cache" || change.kind === "below") ?? false;
  }
}

/** The steps of graphs, each after those it stands on. */
function stepsOf(results: readonly Vertex[]): StepVertex[] {
  const steps = new Set<StepVertex>();
  const seen = new Set<Vertex>();
  const visit = (vertex: Vertex): void => {
    if (seen.has(vertex)) return;
    seen.add(vertex);
    if (!("step" in vertex)) return;
    if (vertex.base) visit(vertex.base);
    for (const input of vertex.inputs) visit(input.vertex);
    steps.add(vertex);
  };
  for (const result of results) visit(result);
  return [...steps];
}

function below(vertex: Vertex): Change {
  return { kind: "below", name: vertex.origin.name };
}

/** How people call what files are taken from. */
function labelOf(vertex: Vertex): string {
  if ("step" in vertex) return `stage ${vertex.origin.stage}`;
  const { source } = vertex;
  switch (source.kind) {
    case "context":
      return source.name === "context" ? "the build context" : `context ${source.name}`;
    case "image":
      return source.reference;
    case "git":
    case "http":
      return source.url;
    case "inline":
      return "the Dockerfile";
  }
}
