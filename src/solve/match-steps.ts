/** Which step of an earlier build each step of a build was. */
import type { Digest } from "../core/index.ts";
import type { Origin, StepVertex, Vertex } from "../graph/index.ts";
import type { Ingredients, Key } from "./cache.ts";

/** A step of an earlier build. */
export interface PastStep {
  readonly stage: string;
  /** What the Dockerfile says, without the count before it. */
  readonly text: string;
  readonly key: Key;
  readonly from: Ingredients;
  readonly base?: Standing;
}

/** What a step stands on: a step by its text, or an image by its name and manifest; no name where it is not known. */
export interface Standing {
  readonly name?: string;
  readonly manifest?: Digest;
}

/** A step as a cache that travels tells of it. */
export interface ToldStep {
  readonly key: Key;
  readonly from: Ingredients;
  readonly origin: Origin;
}

/** Steps that others made, as if earlier builds here had. Images that they stand on have no name. */
export function pastSteps(told: readonly ToldStep[]): PastStep[] {
  const texts = new Map(told.map(({ key, origin }) => [key, textOf(origin)]));
  return told.map(({ key, from, origin }) => {
    const name = from.base && texts.get(from.base);
    return {
      stage: origin.stage,
      text: textOf(origin),
      key,
      from,
      ...(from.base ? { base: name === undefined ? {} : { name } } : {}),
    };
  });
}

/**
 * In its stage the step with the same text, and for what is left over the one that stands at
 * the same place between those. A stage that has another name is known by its lines. Of several
 * that could be meant the one counts that stands on what this one stood on, then the first.
 * `stages` are all that the Dockerfile has now.
 */
export function matchSteps(
  before: readonly PastStep[],
  now: readonly StepVertex[],
  stages: readonly string[],
): Map<StepVertex, PastStep> {
  const matched = new Map<StepVertex, PastStep>();
  const left = new Set(before);
  const formerly = formerNames(before, now, stages);
  const candidates = (vertex: StepVertex, fits: (past: PastStep) => boolean): PastStep | undefined => {
    const { stage } = vertex.origin;
    const name = formerly.get(stage) ?? stage;
    const found = [...left].filter((past) => past.stage === name && past.from.step.kind === vertex.step.kind && fits(past));
    const below = vertex.base && "step" in vertex.base ? matched.get(vertex.base)?.key : undefined;
    const onSame = (past: PastStep): boolean => past.from.base === below && platformOf(past) === platformOf({ from: vertex });
    return found.find(onSame) ?? found.find((past) => platformOf(past) === platformOf({ from: vertex })) ?? found[0];
  };
  const take = (vertex: StepVertex, past: PastStep | undefined): void => {
    if (!past) return;
    matched.set(vertex, past);
    left.delete(past);
  };
  for (const vertex of now)
    take(
      vertex,
      candidates(vertex, (past) => past.text === textOf(vertex.origin)),
    );
  for (const vertex of now) {
    if (matched.has(vertex)) continue;
    const onImage = vertex.base && !("step" in vertex.base) ? standingOf(vertex.base).name : undefined;
    const place = vertex.base && "step" in vertex.base ? matched.get(vertex.base)?.text : onImage;
    const isThere = ({ base }: PastStep): boolean =>
      base?.name === place || (onImage !== undefined && base !== undefined && base.name === undefined);
    take(vertex, candidates(vertex, isThere));
  }
  return matched;
}

/** The names that stages had which are called otherwise now: those with the most lines in common. */
function formerNames(
  before: readonly PastStep[],
  now: readonly StepVertex[],
  stages: readonly string[],
): ReadonlyMap<string, string> {
  const old = new Set(before.map((past) => past.stage));
  const gone = new Set([...old].filter((stage) => !stages.includes(stage)));
  const found = new Map<string, string>();
  for (const stage of gone.size > 0 ? stages : []) {
    if (old.has(stage)) continue;
    const lines = new Set(now.filter((vertex) => vertex.origin.stage === stage).map((vertex) => textOf(vertex.origin)));
    const common = (name: string): number => before.filter((past) => past.stage === name && lines.has(past.text)).length;
    const [best] = [...gone].sort((a, b) => common(b) - common(a));
    if (best === undefined || common(best) === 0) continue;
    found.set(stage, best);
    gone.delete(best);
  }
  return found;
}

/** Files and folders are the same on every platform; a process is not. */
function platformOf({ from: { step } }: { readonly from: Pick<Ingredients, "step"> }): string | undefined {
  return step.kind === "run" ? step.platform : undefined;
}

/** What the Dockerfile says, without the count before it. */
export function textOf({ name }: Origin): string {
  return name.replace(/^\[[^\]]*\] /, "");
}

export function standingOf(vertex: Vertex): Standing {
  if ("step" in vertex || vertex.source.kind !== "image") return { name: textOf(vertex.origin) };
  return { name: vertex.source.reference, manifest: vertex.source.manifest };
}
