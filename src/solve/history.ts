/**
 * What the steps of a build were made from the last time, and what is otherwise now.
 *
 * Builds of one Dockerfile for one target and platform have a record in common. It is
 * written when a build ends and a step is not what it was; a build that finds all its
 * steps unchanged only reads it.
 */
import { join } from "node:path";
import { type Change, type Digest, digestOf, hexOf, memo } from "../core/index.ts";
import type { ContentInput, Input, StepVertex, Vertex } from "../graph/index.ts";
import type { Store } from "../store/index.ts";
import { offload, type TreeSource } from "../tree/index.ts";
import type { Ingredients, Key } from "./cache.ts";
import { explainStep, selectsOtherwise } from "./explain.ts";

/** A step of an earlier build. */
export interface PastStep {
  readonly stage: string;
  /** What the Dockerfile says, without the count before it. */
  readonly text: string;
  readonly key: Key;
  readonly from: Ingredients;
  /** What it stands on: an image by its name and manifest, or a step by its text. */
  readonly base?: Standing;
}

interface Standing {
  readonly name: string;
  readonly manifest?: Digest;
}

/** What a step is made from. */
export interface Made {
  readonly key: Key;
  readonly from: Ingredients;
}

/** What a step is made from, as a solver knows it. */
export type IngredientsOf = (vertex: StepVertex) => Promise<Ingredients>;

/** So many files of one input are named. */
const MOST_FILES = 20;

export class History {
  readonly #store: Store;
  readonly #id: Digest;
  readonly #source: (vertex: Vertex) => TreeSource | undefined;
  readonly #past: ReadonlyMap<StepVertex, PastStep>;
  readonly #steps: readonly StepVertex[];
  readonly #before: readonly PastStep[];
  readonly #explained = new Map<StepVertex, Promise<readonly Change[] | undefined>>();

  /** `id` names what the builds have in common; `source` tells where the files of a context lie. A result a platform. */
  constructor(store: Store, id: Digest, results: readonly Vertex[], source: (vertex: Vertex) => TreeSource | undefined) {
    this.#store = store;
    this.#id = id;
    this.#source = source;
    this.#steps = stepsOf(results);
    this.#before = store.records.get<{ steps: PastStep[] }>("history", id)?.steps ?? [];
    this.#past = matchSteps(this.#before, this.#steps);
  }

  /** What is otherwise than in the earlier build that had the step; undefined if none had it. */
  explain(vertex: StepVertex, ingredients: IngredientsOf): Promise<readonly Change[] | undefined> {
    return memo(this.#explained, vertex, () => this.#explain(vertex, ingredients));
  }

  /** Where to remember which files an input selects, and the digests of those that are still to be compared with. */
  listing(input: ContentInput): { readonly file: string; readonly wanted: readonly Digest[] } {
    const name = hexOf(digestOf([this.#id, labelOf(input.vertex), input.select]));
    const wanted = this.#before.flatMap(({ from }) => from.inputs);
    return { file: join(this.#store.paths.records, "listings", name), wanted };
  }

  /** Remembers steps that are done. Those that were not reached stay as they were. */
  keep(made: ReadonlyMap<StepVertex, Made>): void {
    let changed = false;
    const steps = this.#steps.flatMap((vertex): PastStep[] => {
      const past = this.#past.get(vertex);
      const now = made.get(vertex);
      if (!now || now.key === past?.key) return past ? [past] : [];
      changed = true;
      const base = vertex.base ? { base: standingOf(vertex.base) } : {};
      return [{ stage: vertex.origin.stage, text: textOf(vertex), key: now.key, from: now.from, ...base }];
    });
    if (changed || steps.length !== this.#before.length) this.#store.records.put("history", this.#id, { steps });
  }

  async #explain(vertex: StepVertex, ingredients: IngredientsOf): Promise<readonly Change[] | undefined> {
    const past = this.#past.get(vertex);
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
    const before = past.base?.name ?? "scratch";
    if (!base) return [{ kind: "moved", before, now: "scratch" }];
    const standing = standingOf(base);
    const same = "step" in base ? this.#past.get(base)?.text === before : standing.name === before;
    return same ? [await this.#because(base, past.base?.manifest, ingredients)] : [{ kind: "moved", before, now: standing.name }];
  }

  async #ofInput(input: Input, before: Digest, now: Digest, ingredients: IngredientsOf): Promise<Change> {
    if (input.by === "definition") return this.#because(input.vertex, undefined, ingredients);
    const source = this.#source(input.vertex);
    const comparison = {
      file: this.listing(input).file,
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

/**
 * Which step of an earlier build each step was: in its stage the one with the same text,
 * and for what is left over the one that stands at the same place between those.
 */
export function matchSteps(before: readonly PastStep[], now: readonly StepVertex[]): Map<StepVertex, PastStep> {
  const matched = new Map<StepVertex, PastStep>();
  const left = new Set(before);
  const free = (vertex: StepVertex): PastStep[] =>
    [...left].filter((past) => past.stage === vertex.origin.stage && past.from.step.kind === vertex.step.kind);
  for (const vertex of now) {
    const same = free(vertex).find((past) => past.text === textOf(vertex));
    if (same) take(vertex, same);
  }
  for (const vertex of now) {
    if (matched.has(vertex)) continue;
    const below = vertex.base && "step" in vertex.base ? matched.get(vertex.base) : undefined;
    const place = below?.text ?? (vertex.base && !("step" in vertex.base) ? standingOf(vertex.base).name : undefined);
    const candidate = free(vertex).find((past) => past.base?.name === place);
    if (candidate) take(vertex, candidate);
  }
  return matched;

  function take(vertex: StepVertex, past: PastStep): void {
    matched.set(vertex, past);
    left.delete(past);
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

function textOf(vertex: Vertex): string {
  return vertex.origin.name.replace(/^\[[^\]]*\] /, "");
}

function standingOf(vertex: Vertex): Standing {
  if ("step" in vertex || vertex.source.kind !== "image") return { name: textOf(vertex) };
  return { name: vertex.source.reference, manifest: vertex.source.manifest };
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
