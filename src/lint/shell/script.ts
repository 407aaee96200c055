/**
 * The text that a RUN gives to its shell, as it stands in the file.
 *
 * Continuations, comments and flags become blanks of the same length. So the offset of a
 * word is its offset in the file, and a fix can be written where the word stands.
 */
import type { Position, SourceText } from "../../core/index.ts";
import type { Dockerfile, Instruction, Run } from "../../dockerfile/index.ts";

/** A stretch of the file, some of it blanked. */
export interface Script {
  readonly text: string;
  /** Offset of its first character in the file. */
  readonly offset: number;
}

/** Undefined for the exec form, and for heredocs that are no shell script. */
export function scriptOf(run: Run, { source, escape }: Dockerfile): Script | undefined {
  if (run.command.form !== "shell") return undefined;
  const [heredoc] = run.command.heredocs;
  if (!heredoc) return instructionScript(run, source, escape);
  if (!/^\s*<<-?\s*(["']?)\w+\1\s*$/.test(run.command.line) || heredoc.content.startsWith("#!")) return undefined;
  const offset = offsetOf(source, heredoc.range.start);
  return { text: source.text.slice(offset, offsetOf(source, heredoc.range.end)), offset };
}

/** What follows the keyword and the flags of an instruction; its continued lines are one. */
export function instructionScript(line: Instruction, source: SourceText, escape: string): Script {
  const offset = offsetOf(source, line.range.start);
  const text = joined(source.text.slice(offset, offsetOf(source, line.range.end)), escape);
  let flags = line.flagsUsed.length;
  const blanked = text.replace(/^\S+((?:\s+--\S*)*)/, (head: string) =>
    head.replace(/\S+/g, (word) => (word.startsWith("--") && flags-- <= 0 ? word : " ".repeat(word.length))),
  );
  return { text: blanked, offset };
}

/** Where a place stands in the text. */
export function offsetOf(source: SourceText, { line, column }: Position): number {
  return (startsOf(source)[line - 1] ?? source.text.length) + column - 1;
}

export function positionOf(source: SourceText, offset: number): Position {
  const starts = startsOf(source);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] as number) + 1 };
}

const known = new WeakMap<SourceText, readonly number[]>();

/** Offsets of the lines. */
function startsOf(source: SourceText): readonly number[] {
  const before = known.get(source);
  if (before) return before;
  const starts = [0];
  for (let at = source.text.indexOf("\n"); at >= 0; at = source.text.indexOf("\n", at + 1)) starts.push(at + 1);
  known.set(source, starts);
  return starts;
}

/** One line of the same length. */
function joined(text: string, escape: string): string {
  const lines = text.split("\n");
  const blanked = lines.map((line, i) => {
    if (i > 0 && /^\s*#/.test(line)) return " ".repeat(line.length);
    const body = line.trimEnd();
    if (!body.endsWith(escape) || body.at(-2) === escape) return line.endsWith("\r") ? `${line.slice(0, -1)} ` : line;
    return body.slice(0, -1).padEnd(line.length);
  });
  return blanked.join(" ");
}
