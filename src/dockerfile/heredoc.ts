/** Where a line says that heredocs follow it. */
import type { LogicalLine } from "./logical-line.ts";
import { expandWords, type Scope, type WordOptions } from "./word.ts";

/** A `<<NAME` of a line. */
export interface HeredocMark {
  readonly name: string;
  readonly fd: number;
  readonly expand: boolean;
  readonly chomp: boolean;
  /** Offsets in the logical line. */
  readonly start: number;
  readonly end: number;
}

const NOTHING: Scope = { get: () => undefined };
const RAW: WordOptions = { rawQuotes: true, rawEscapes: true, keepUnset: true };

/** All marks of a line, in order. A line whose quotes do not pair has none, as with BuildKit. */
export function heredocMarks(line: LogicalLine): HeredocMark[] {
  const words = tryWords(line.text, RAW);
  const marks: HeredocMark[] = [];
  let from = 0;
  for (const word of words) {
    const mark = parseMark(word);
    if (!mark) continue;
    const start = Math.max(from, line.text.indexOf("<<", from));
    from = start + 2;
    marks.push({ ...mark, start, end: Math.min(line.text.length, start + word.length) });
  }
  return marks;
}

/** Reads one word such as `3<<-"EOF"`; undefined if it is no heredoc. */
export function parseMark(word: string): Omit<HeredocMark, "start" | "end"> | undefined {
  const found = /^(\d*)<<(-?)\s*([^<]*)$/.exec(word);
  const written = found?.[3];
  if (!found || !written) return undefined;
  const plain = tryWords(written, { keepUnset: true });
  const raw = tryWords(written, RAW);
  const [name] = plain;
  if (plain.length !== 1 || raw.length !== 1 || name === undefined) return undefined;
  return { name, fd: Number(found[1] || 0), chomp: found[2] === "-", expand: name === raw[0] };
}

function tryWords(text: string, options: WordOptions): readonly string[] {
  try {
    return expandWords(text, NOTHING, options).words;
  } catch {
    return [];
  }
}
