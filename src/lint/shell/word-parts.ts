/** The parts of a shell word, so that advice knows what the shell would split. */
import type { ShellWord } from "./command.ts";

export interface WordPart {
  /** A variable is `$NAME` or `${…}`, a command `$(…)` or one in backquotes. */
  readonly kind: "text" | "variable" | "command";
  /** As it is written, without the quotes around it. */
  readonly text: string;
  readonly quoted: boolean;
}

export function partsOf({ raw }: ShellWord): readonly WordPart[] {
  const parts: WordPart[] = [];
  let inDouble = false;
  for (let at = 0; at < raw.length; ) {
    const char = raw[at] as string;
    if (char === '"') {
      inDouble = !inDouble;
      at++;
      continue;
    }
    const end = partEnd(raw, at, inDouble);
    const text = raw.slice(at, end);
    const isSingle = char === "'" && !inDouble;
    parts.push({ kind: kindOf(text), text: isSingle ? text.slice(1, -1) : text, quoted: inDouble || isSingle || char === "\\" });
    at = end;
  }
  return parts;
}

/** The name of a variable: `NAME` of `$NAME`, `${NAME}` and `${NAME:-x}`; undefined for `$?` and its like. */
export function nameOf(variable: string): string | undefined {
  return /^\$\{?([A-Za-z_]\w*)/.exec(variable)?.[1];
}

function kindOf(text: string): WordPart["kind"] {
  if (text.startsWith("`") || (text.startsWith("$(") && !text.startsWith("$(("))) return "command";
  return /^\$[{\w@*]/.test(text) ? "variable" : "text";
}

function partEnd(raw: string, at: number, inDouble: boolean): number {
  const char = raw[at];
  if (char === "\\") return Math.min(at + 2, raw.length);
  if (char === "'" && !inDouble) return closing(raw, "'", at + 1);
  if (char === "`") return closing(raw, "`", at + 1);
  if (char === "$" && (raw[at + 1] === "(" || raw[at + 1] === "{")) return bracketEnd(raw, at + 1);
  if (char === "$") return at + (/^\$(\w+|[@*#?$!-])?/.exec(raw.slice(at, at + 256))?.[0].length ?? 1);
  let end = at + 1;
  while (end < raw.length && !/["'`$\\]/.test(raw[end] as string)) end++;
  return end;
}

function closing(raw: string, mark: string, from: number): number {
  const end = raw.indexOf(mark, from);
  return end < 0 ? raw.length : end + 1;
}

function bracketEnd(raw: string, open: number): number {
  const [left, right] = raw[open] === "(" ? ["(", ")"] : ["{", "}"];
  let depth = 0;
  for (let at = open; at < raw.length; at++) {
    if (raw[at] === "\\") at++;
    else if (raw[at] === left) depth++;
    else if (raw[at] === right && --depth === 0) return at + 1;
  }
  return raw.length;
}
