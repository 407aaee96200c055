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
    const deeper = new Map<string, number>();
    for (const path of context.entries.keys())
      if (path.includes("/")) deeper.set(posix.basename(path), (deeper.get(posix.basename(path)) ?? 0) + 1);
    for (const { pattern, line: number } of rules) {
      if (/^!|\//.test(pattern) || pattern === "*" || pattern === "**") continue;
      const count = /[*?[\\]/.test(pattern) ? countOf(deeper, wildcard(pattern)) : (deeper.get(pattern) ?? 0);
      if (count === 0) continue;
      const message = `${pattern} matches at the top of the context only: ${count} deeper get in; write **/${pattern}`;
      tell({ ...line, comments: [] }, message, { source, range: lineRange(number, number) });
    }
  },
};

function countOf(names: ReadonlyMap<string, number>, matches: (name: string) => boolean): number {
  let count = 0;
  for (const [name, times] of names) if (matches(name)) count += times;
  return count;
}
