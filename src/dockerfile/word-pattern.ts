/**
 * The patterns of `${NAME#p}`, `${NAME%p}`, `${NAME/p/r}`: `*` and `?`, nothing else.
 *
 * BuildKit makes regular expressions of them; here they are matched piece by piece, so
 * that no pattern takes more than the product of its length and the text's. As there,
 * `*` and `?` stop at a line feed.
 */

/** Pieces between the stars; in a piece, undefined is any one character. */
type Pattern = readonly (readonly (string | undefined)[])[];

/** Is told how much a match takes, and may throw. */
interface Effort {
  /** Characters compared. */
  readonly spend: (steps: number) => void;
  /** UTF-16 units put in. */
  readonly put: (length: number) => void;
}

/** Reads a pattern. A backslash escapes; what may not be escaped is an error. */
export function parsePattern(text: string, bad: (message: string) => Error): Pattern {
  const pieces: (string | undefined)[][] = [[]];
  const chars = [...text];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] as string;
    const piece = pieces.at(-1) as (string | undefined)[];
    if (char === "*") pieces.push([]);
    else if (char === "?") piece.push(undefined);
    else if (char === "\\") {
      const next = chars[++i];
      if (next === undefined || !"*?\\}/".includes(next))
        throw bad(`invalid pattern (${text}) in substitution: invalid escape '\\${next ?? ""}'`);
      piece.push(next);
    } else piece.push(char);
  }
  return pieces;
}

/** The text without the shortest or longest beginning that matches. */
export function trimPrefix(text: string, pattern: Pattern, longest: boolean, effort: Effort): string {
  const chars = [...text];
  const end = matchAt(chars, 0, pattern, longest, effort).end;
  return end === undefined ? text : chars.slice(end).join("");
}

/** The text without the shortest or longest end that matches. */
export function trimSuffix(text: string, pattern: Pattern, longest: boolean, effort: Effort): string {
  const chars = [...text].reverse();
  const mirrored = [...pattern].reverse().map((piece) => [...piece].reverse());
  const end = matchAt(chars, 0, mirrored, longest, effort).end;
  return end === undefined ? text : chars.slice(end).reverse().join("");
}

/**
 * The text with the first match, or all, replaced. Of all matches the replacement is a
 * template in which `$0` is the match and other `$names` are nothing: BuildKit hands it
 * to Go's ReplaceAllString.
 */
export function replaceMatches(text: string, pattern: Pattern, replacement: string, all: boolean, effort: Effort): string {
  const chars = [...text];
  const out: string[] = [];
  let copied = 0;
  let last = -1;
  for (let at = 0; at <= chars.length; ) {
    const { end, hopeless } = matchAt(chars, at, pattern, true, effort);
    if (end === undefined || (end === at && end === last)) {
      if (end === undefined && hopeless) {
        const line = chars.indexOf("\n", at);
        if (line < 0) break;
        at = Math.max(line, at + 1);
      } else at++;
      continue;
    }
    const filled = all ? fillTemplate(replacement, chars.slice(at, end).join("")) : replacement;
    effort.put(filled.length);
    out.push(chars.slice(copied, at).join(""), filled);
    copied = end;
    last = end;
    at = end > at ? end : at + 1;
    if (!all) break;
  }
  return out.join("") + chars.slice(copied).join("");
}

/** Where a match that begins at `start` ends. `hopeless`: nothing that begins later on this line matches either. */
function matchAt(
  chars: readonly string[],
  start: number,
  pattern: Pattern,
  longest: boolean,
  effort: Effort,
): { end?: number; hopeless?: boolean } {
  const first = pattern[0] ?? [];
  if (!fits(chars, start, first, effort)) return {};
  let at = start + first.length;
  let limit = -1;
  for (let i = 1; i < pattern.length; i++) {
    const piece = pattern[i] ?? [];
    if (at > limit) limit = lineEnd(chars, at);
    const last = i === pattern.length - 1;
    const found = last && longest ? findLast(chars, at, limit, piece, effort) : findFirst(chars, at, limit, piece, effort);
    if (found === undefined) return { hopeless: true };
    at = found + piece.length;
  }
  return { end: at };
}

function lineEnd(chars: readonly string[], from: number): number {
  const line = chars.indexOf("\n", from);
  return line < 0 ? chars.length : line;
}

function findFirst(
  chars: readonly string[],
  from: number,
  to: number,
  piece: readonly (string | undefined)[],
  effort: Effort,
): number | undefined {
  for (let at = from; at <= to; at++) if (fits(chars, at, piece, effort)) return at;
  return undefined;
}

function findLast(
  chars: readonly string[],
  from: number,
  to: number,
  piece: readonly (string | undefined)[],
  effort: Effort,
): number | undefined {
  for (let at = to; at >= from; at--) if (fits(chars, at, piece, effort)) return at;
  return undefined;
}

function fits(chars: readonly string[], at: number, piece: readonly (string | undefined)[], effort: Effort): boolean {
  if (at + piece.length > chars.length) return false;
  let i = 0;
  while (i < piece.length) {
    const wanted = piece[i];
    const char = chars[at + i];
    if (wanted === undefined ? char === "\n" : char !== wanted) break;
    i++;
  }
  effort.spend(i + 1);
  return i === piece.length;
}

function fillTemplate(template: string, match: string): string {
  return template.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced: string | undefined, plain: string | undefined) => {
    if (whole === "$$") return "$";
    return (braced ?? plain) === "0" ? match : "";
  });
}
