import type { Rule } from "../../rule.ts";
import { shellRunsOf } from "../../shell/shell-runs.ts";
import { partsOf } from "../../shell/word-parts.ts";

/** Programs that print one word. */
const ONE_WORD =
  /^(?:\$\(|`)\s*(?:nproc|getconf|uname|arch|date|id|whoami|hostname|mktemp|dpkg --print-architecture|apk --print-arch)\b/;

export const quoteOutput: Rule = {
  name: "SC2046",
  description: "The output of a command should be quoted, lest the shell split it",
  advice:
    "Without quotes each blank of the output ends a word, and `*` in it becomes names of files; xargs says that words are meant.",
  whole(file, _around, tell) {
    for (const { run, commands } of shellRunsOf(file)) {
      for (const { name, words } of commands) {
        if (name === "[[") continue;
        for (const word of words) {
          const isSplit = partsOf(word).some(({ kind, quoted, text }) => kind === "command" && !quoted && !ONE_WORD.test(text));
          const isAssigned = /^\w+=/.test(word.raw) && /^(export|local|readonly|declare|typeset)$/.test(name);
          if (isSplit && !isAssigned) tell(run, "the output of a command is split at blanks; quote it", { at: word });
        }
      }
    }
  },
};
