/**
 * Patterns of paths, matched without regular expressions, so that none can explode.
 *
 * `*` and `?` stop at a slash, `**` does not, `[a-z]` and `[^a]` are classes, a backslash
 * escapes (Go's filepath.Match, and moby/patternmatcher for `**`).
 */
import { badPattern } from "./errors.ts";

/** One piece of a pattern. */
type Piece =
  | { readonly kind: "char"; readonly char: string }
  | { readonly kind: "any" }
  | { readonly kind: "star" }
  /** `**`: anything, slashes too. */
  | { readonly kind: "globstar" }
  /** The same with something behind it: whole folders, or none. */
  | { readonly kind: "folders" }
  | { readonly kind: "class"; readonly negated: boolean; readonly ranges: readonly (readonly [low: string, high: string])[] };

export type Glob = readonly Piece[];

/** moby makes regular expressions of ignore patterns, in which these letters behind a backslash are control characters. */
const CONTROLS: Readonly<Record<string, string>> = { a: "\x07", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/** Reads a pattern. With `globstar` off two stars are as one. Throws PATTERN_INVALID. */
export function parseGlob(pattern: string, globstar = true): Glob {
  const chars = [...pattern];
  const pieces: Piece[] = [];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] as string;
    if (char === "*") {
      if (!globstar || chars[at + 1] !== "*") {
        pieces.push({ kind: "star" });
        continue;
      }
      at++;
      if (chars[at + 1] === "/") at++;
      const kind = at + 1 >= chars.length ? "globstar" : "folders";
      // Two in a row are no more than one.
      if (pieces.at(-1)?.kind !== kind) pieces.push({ kind });
    } else if (char === "?") pieces.push({ kind: "any" });
    else if (char === "\\") {
      const next = chars[++at];
      if (next === undefined) throw badPattern(pattern);
      pieces.push({ kind: "char", char: (globstar && CONTROLS[next]) || next });
    } else if (char === "[") {
      const [piece, end] = parseClass(pattern, chars, at);
      if (globstar && piece.kind === "class" && piece.ranges.some(([low, high]) => low > high)) throw badPattern(pattern);
      pieces.push(piece);
      at = end;
    } else pieces.push({ kind: "char", char });
  }
  return pieces;
}

function parseClass(pattern: string, chars: readonly string[], start: number): [Piece, number] {
  let at = start + 1;
  const negated = chars[at] === "^";
  if (negated) at++;
  const ranges: [string, string][] = [];
  for (;;) {
    if (chars[at] === "]" && ranges.length > 0) return [{ kind: "class", negated, ranges }, at];
    const low = classChar(pattern, chars, at);
    at = low.next;
    let high = low.char;
    if (chars[at] === "-") {
      const end = classChar(pattern, chars, at + 1);
      high = end.char;
      at = end.next;
    }
    ranges.push([low.char, high]);
  }
}

function classChar(pattern: string, chars: readonly string[], at: number): { char: string; next: number } {
  const char = chars[at];
  if (char === undefined || char === "-" || char === "]") throw badPattern(pattern);
  if (char !== "\\") return { char, next: at + 1 };
  const next = chars[at + 1];
  if (next === undefined) throw badPattern(pattern);
  return { char: next, next: at + 2 };
}

/** Whether all of a path matches. Takes at most the product of both lengths. */
export function matchGlob(glob: Glob, path: string): boolean {
  if (leastLength(glob) > path.length) return false;
  let states = new Set<number>();
  enter(glob, 0, states);
  for (const char of path) {
    const next = new Set<number>();
    for (const state of states) step(glob, state, char, next);
    if (next.size === 0) return false;
    states = next;
  }
  return states.has(glob.length);
}

const known = new WeakMap<Glob, number>();

/** How many characters a path must have at least. */
function leastLength(glob: Glob): number {
  const before = known.get(glob);
  if (before !== undefined) return before;
  const least = glob.filter(({ kind }) => kind === "char" || kind === "any" || kind === "class").length;
  known.set(glob, least);
  return least;
}

function step(glob: Glob, state: number, char: string, next: Set<number>): void {
  const piece = glob[state];
  if (piece?.kind === "globstar" || (piece?.kind === "star" && char !== "/")) enter(glob, state, next);
  else if (piece?.kind === "folders") {
    // Within a folder's name its slash is still to come.
    next.add(state);
    if (char === "/") enter(glob, state + 1, next);
  } else if (piece && matchOne(piece, char)) enter(glob, state + 1, next);
}

/** Adds a state and what can be reached from it without a character: stars and folders may stand for nothing. */
function enter(glob: Glob, state: number, states: Set<number>): void {
  for (let at = state; ; at++) {
    states.add(at);
    const kind = glob[at]?.kind;
    if (kind !== "star" && kind !== "globstar" && kind !== "folders") return;
  }
}

function matchOne(piece: Piece, char: string): boolean {
  if (piece.kind === "char") return piece.char === char;
  if (char === "/") return false;
  if (piece.kind === "any") return true;
  if (piece.kind !== "class") return false;
  const inside = piece.ranges.some(([low, high]) => low <= char && char <= high);
  return inside !== piece.negated;
}
