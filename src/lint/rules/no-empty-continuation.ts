import type { Rule } from "../rule.ts";
import { offsetOf } from "../shell/script.ts";

/** It is told by the reader of the file, which alone sees the empty lines. */
export const noEmptyContinuation: Rule = {
  name: "NoEmptyContinuation",
  description: "Empty continuation lines will become errors in a future release",
  advice: "An empty line ends what it seems to belong to; a comment line does not.",
  fixable: true,
  mend({ source, stages, globals }, { start }) {
    const lines = [...globals, ...stages.flatMap(({ from, body }) => [from, ...body])];
    const line = lines.find(({ range }) => range.start.line <= start.line && start.line <= range.end.line);
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
