import type { Rule } from "../rule.ts";

/** It is told by the reader of the file, which alone sees the empty lines. */
export const noEmptyContinuation: Rule = {
  name: "NoEmptyContinuation",
  description: "Empty continuation lines will become errors in a future release",
  advice: "An empty line ends what it seems to belong to; a comment line does not.",
};
