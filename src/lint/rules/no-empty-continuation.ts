import type { Dockerfile, From, Instruction } from "../../dockerfile/index.ts";
import type { Rule } from "../rule.ts";
import { offsetOf } from "../shell/script.ts";

/** It is told by the reader of the file, which alone sees the empty lines. */
export const noEmptyContinuation: Rule = {
  name: "NoEmptyContinuation",
  description: "Empty continuation lines will become errors in a future release",
  advice: "An empty line ends what it seems to belong to; a comment line does not.",
  fixable: true,
  mend(file, { start }) {
    const { source } = file;
    const line = lineAt(file, start.line);
    if (!line || ("heredocs" in line && line.heredocs.length > 0)) return undefined;
    const from = offsetOf(source, line.range.start);
    const text = source.text.slice(from, offsetOf(source, line.range.end));
    return [...text.matchAll(/^[ \t\r]*\n/gm)].map((blank) => ({
      start: from + blank.index,
      end: from + blank.index + blank[0].length,
      text: "",
    }));
  },
};

const known = new WeakMap<Dockerfile, readonly (From | Instruction)[]>();

/** The instruction that a line of the file belongs to. */
function lineAt(file: Dockerfile, number: number): From | Instruction | undefined {
  const lines = known.get(file) ?? [...file.globals, ...file.stages.flatMap(({ from, body }) => [from, ...body])];
  known.set(file, lines);
  let [low, high] = [0, lines.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle]?.range.start.line ?? 0) <= number) low = middle;
    else high = middle - 1;
  }
  return lines[low];
}
