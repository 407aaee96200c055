/** The patterns of an ignore file, in order; a later one overrules an earlier (moby/patternmatcher). */
import { posix } from "node:path";
import { badPattern } from "./errors.ts";
import { type Glob, matchGlob, parseGlob } from "./glob.ts";
import { PatternIndex } from "./pattern-index.ts";

export interface Patterns {
  /** Whether a path is excluded: it or a folder above it matches, and no later `!` pattern lets it in again. */
  ignores(path: string): boolean;
  /** The pattern that decided, as its index; undefined if none matches. */
  rule(path: string): number | undefined;
  /**
   * The same for a path met on a walk, as moby decides it there: a folder that is already
   * excluded is not held against the later patterns, so those say nothing of what it holds.
   */
  ignoresOnWalk(path: string): boolean;
  /** Whether a folder that is excluded can still hold files that are not. */
  mayContain(folder: string): boolean;
}

interface Rule {
  readonly index: number;
  readonly negated: boolean;
  readonly glob: Glob;
  readonly matches: (path: string) => boolean;
}

/** Linux knows no longer ones, so no file has one. */
const LONGEST_PATH = 4096;

/** Throws PATTERN_INVALID. */
export function compilePatterns(patterns: readonly string[]): Patterns {
  const rules = patterns.flatMap((pattern, index): Rule[] => {
    const text = pattern.trim();
    if (text === "") return [];
    const negated = text.startsWith("!");
    if (text === "!") throw badPattern(pattern);
    const cleaned = posix.normalize(negated ? text.slice(1) : text);
    return [{ index, negated, ...matcherOf(cleaned.length > 1 ? cleaned.replace(/\/$/, "") : cleaned) }];
  });
  const candidates = new PatternIndex(rules.map(({ glob }) => glob));
  const exceptions = rules.some((rule) => rule.negated);
  const known = new Map<string, number>();
  const decide = (path: string): number => {
    const cached = known.get(path);
    if (cached !== undefined) return cached;
    if (path.length > LONGEST_PATH) return -1;
    const slash = path.lastIndexOf("/");
    const above = slash < 0 ? -1 : decide(path.slice(0, slash));
    const decided = decideAlone(rules, candidates.listsFor(path), path, above);
    known.set(path, decided);
    return decided;
  };
  const excludes = (at: number): boolean => at >= 0 && rules[at]?.negated === false;
  const walked = new Map<string, Walked>([["", { ignored: false, matches: new Set() }]]);
  const walk = (path: string): Walked => {
    const seen = walked.get(path);
    if (seen) return seen;
    const slash = path.lastIndexOf("/");
    const result = walkOn(rules, candidates.listsFor(path), path, walk(slash < 0 ? "" : path.slice(0, slash)));
    walked.set(path, result);
    return result;
  };
  return {
    ignoresOnWalk: (path) => walk(path).ignored,
    ignores: (path) => excludes(decide(path)),
    rule: (path) => rules[decide(path)]?.index,
    mayContain: () => exceptions,
  };
}

interface Walked {
  readonly ignored: boolean;
  /** Indexes of the rules that match the folder or one above it. */
  readonly matches: ReadonlySet<number>;
}

function walkOn(rules: readonly Rule[], lists: readonly (readonly number[])[], path: string, parent: Walked): Walked {
  const matches = new Set<number>();
  let ignored = false;
  for (const at of [...new Set([...parent.matches, ...lists.flat()])].sort((a, b) => a - b)) {
    const rule = rules[at] as Rule;
    if (!parent.matches.has(at) && (rule.negated !== ignored || !rule.matches(path))) continue;
    matches.add(at);
    ignored = !rule.negated;
  }
  return { ignored, matches };
}

/** The last rule that matches the path or a folder above it. */
function decideAlone(rules: readonly Rule[], lists: readonly (readonly number[])[], path: string, above: number): number {
  let last = above;
  for (const list of lists) {
    for (let i = list.length - 1; i >= 0; i--) {
      const at = list[i] as number;
      if (at <= last) break;
      if ((rules[at] as Rule).matches(path)) last = at;
    }
  }
  return last;
}

/** Most patterns have no meaning but their letters; those are compared, not matched. */
function matcherOf(pattern: string): Pick<Rule, "glob" | "matches"> {
  const glob = parseGlob(pattern);
  if (pattern.startsWith("**") && pattern.length > 2 && !/[*?[\\]/.test(pattern.slice(2))) {
    const end = pattern.slice(2);
    return { glob, matches: (path) => path.endsWith(end) || (end.startsWith("/") && path === end.slice(1)) };
  }
  if (glob.every((piece) => piece.kind === "char")) {
    const literal = glob.map((piece) => (piece.kind === "char" ? piece.char : "")).join("");
    return { glob, matches: (path) => path === literal };
  }
  return { glob, matches: (path) => matchGlob(glob, path) };
}
