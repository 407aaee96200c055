/**
 * Which of many patterns can match a path at all.
 *
 * A pattern matches only paths that hold all its letters; a few that stand together are
 * its key, and a path is asked for the keys it holds. So a path meets few of a hundred
 * thousand patterns, and one that has no letters meets all.
 */
import type { Glob } from "./glob.ts";

const LONGEST_KEY = 8;
/** Fewer patterns are quicker tried than looked up. */
const FEW = 32;

export class PatternIndex {
  readonly #few: readonly number[] | undefined;
  readonly #whole = new Map<string, number[]>();
  readonly #byKey = new Map<string, number[]>();
  readonly #lengths = new Set<number>();
  readonly #any: number[] = [];

  /** Patterns by their numbers, from 0. */
  constructor(globs: readonly Glob[]) {
    if (globs.length <= FEW) {
      this.#few = globs.map((_, number) => number);
      return;
    }
    for (const [number, glob] of globs.entries()) this.#add(number, glob);
  }

  /** Lists of numbers, each rising; no other pattern matches the path. */
  listsFor(path: string): (readonly number[])[] {
    if (this.#few) return [this.#few];
    const lists = new Set([this.#any, this.#whole.get(path) ?? []]);
    for (const length of this.#lengths) {
      for (let at = 0; at + length <= path.length; at++) {
        const list = this.#byKey.get(path.slice(at, at + length));
        if (list) lists.add(list);
      }
    }
    return [...lists];
  }

  #add(number: number, glob: Glob): void {
    const runs = runsOf(glob);
    const [first = ""] = runs;
    if (first.length === glob.length && glob.every((piece) => piece.kind === "char")) {
      addTo(this.#whole, first, number);
      return;
    }
    const keys = runs.flatMap((run) => [run.slice(-LONGEST_KEY), run.slice(0, LONGEST_KEY)]);
    const longest = Math.max(0, ...keys.slice(0, 100).map((key) => key.length));
    let best: string | undefined;
    for (const key of keys.slice(0, 100)) {
      if (key.length < Math.min(longest, 3)) continue;
      if (best === undefined || this.#held(key) < this.#held(best)) best = key;
    }
    if (best === undefined) {
      this.#any.push(number);
      return;
    }
    this.#lengths.add(best.length);
    addTo(this.#byKey, best, number);
  }

  #held(key: string): number {
    return this.#byKey.get(key)?.length ?? 0;
  }
}

/** Letters that stand together. */
function runsOf(glob: Glob): string[] {
  const runs: string[] = [];
  let run = "";
  for (const piece of glob) {
    if (piece.kind === "char") run += piece.char;
    else if (run !== "") {
      runs.push(run);
      run = "";
    }
  }
  if (run !== "") runs.push(run);
  return runs;
}

function addTo(map: Map<string, number[]>, key: string, number: number): void {
  const list = map.get(key);
  if (list) list.push(number);
  else map.set(key, [number]);
}
