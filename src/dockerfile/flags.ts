/** The `--flags` before an instruction's arguments, quotes and escapes taken away. */
import { isSpace } from "./characters.ts";
import type { Piece } from "./logical-line.ts";

/**
 * Flags begin with two dashes and end at the first word that does not, or at `--`.
 * `rest` is what follows, without blanks around it.
 */
export function splitFlags(text: string, from: number, escape: string): { flags: Piece[]; rest: Piece } {
  const flags: Piece[] = [];
  let at = from;
  for (;;) {
    while (at < text.length && isSpace(text.charCodeAt(at))) at++;
    if (!text.startsWith("--", at)) break;
    const flag = readFlag(text, at, escape);
    at = flag.end;
    if (flag.text === "--") break;
    if (flag.text !== "") flags.push(flag);
  }
  let end = text.length;
  while (at < end && isSpace(text.charCodeAt(at))) at++;
  while (end > at && isSpace(text.charCodeAt(end - 1))) end--;
  return { flags, rest: { text: text.slice(at, end), start: at, end } };
}

function readFlag(text: string, start: number, escape: string): Piece {
  const parts: string[] = [];
  let quote = "";
  let at = start;
  for (; at < text.length; at++) {
    const char = text[at] as string;
    if (!quote && isSpace(char.charCodeAt(0))) break;
    if (quote ? char === quote : char === "'" || char === '"') {
      quote = quote ? "" : char;
    } else if (char === escape) {
      const next = text[++at];
      if (next !== undefined) parts.push(next);
    } else parts.push(char);
  }
  return { text: parts.join(""), start, end: Math.min(at, text.length) };
}
