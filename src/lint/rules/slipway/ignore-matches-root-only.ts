import { posix } from "node:path";
import { lineRange } from "../../../core/index.ts";
import { contextCopies } from "../../copied-files.ts";
import type { Rule } from "../../rule.ts";
import { wildcard } from "../../wildcard.ts";

export const ignoreMatchesRootOnly: Rule = {
  name: "IgnoreMatchesRootOnly",
  code: "SW009",
  description: "Patterns of .dockerignore that are meant for all folders should begin with **/",
  advice: "A pattern of .dockerignore matches from the top of the context, not in each folder as one of .gitignore does.",
  whole({ stages }, { context }, tell) {
    const line = stages.flatMap(contextCopies)[0];
    if (!line || !context?.ignore) return;
    const { source, rules } = context.ignore;
    const deeper = [...context.entries.keys()].filter((path) => path.includes("/"));
    for (const { pattern, line: number } of rules) {
      if (/^!|\//.test(pattern) || pattern === "*" || pattern === "**") continue;
      const matches = wildcard(pattern);
      const count = deeper.filter((path) => matches(posix.basename(path))).length;
      if (count === 0) continue;
      const message = `${pattern} matches at the top of the context only: ${count} deeper get in; write **/${pattern}`;
      tell({ ...line, comments: [] }, message, { source, range: lineRange(number, number) });
    }
  },
};
