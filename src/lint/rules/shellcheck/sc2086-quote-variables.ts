import type { Rule } from "../../rule.ts";
import { shellRunsOf, writtenFor } from "../../shell/shell-runs.ts";
import { nameOf, partsOf } from "../../shell/word-parts.ts";

export const quoteVariables: Rule = {
  name: "SC2086",
  description: "A variable should be quoted, lest the shell split it",
  advice:
    "Without quotes a value with blanks becomes several words, and one with `*` the names of files. Values that the Dockerfile itself writes without either are let pass.",
  severity: "info",
  whole(file, around, tell) {
    for (const scripted of shellRunsOf(file)) {
      const written = writtenFor(scripted, file, around);
      for (const { name, words } of scripted.commands) {
        if (name === "[[") continue;
        for (const word of words) {
          // What is assigned is not split.
          if (/^\w+=/.test(word.raw) && /^(export|local|readonly|declare|typeset)$/.test(name)) continue;
          const split = partsOf(word).find((part) => !part.quoted && part.kind === "variable" && isSplit(part.text, written));
          if (split) tell(scripted.run, `${split.text} is split at blanks; quote it`, { at: word });
        }
      }
    }
  },
};

function isSplit(variable: string, written: ReadonlyMap<string, string | undefined>): boolean {
  const name = nameOf(variable);
  if (name === undefined) return false;
  const value = written.get(name);
  return value === undefined || !/^(["']?)[\w.,:/@%+=-]*\1$/.test(value);
}
