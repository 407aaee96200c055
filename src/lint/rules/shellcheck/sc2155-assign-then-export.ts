import type { Rule } from "../../rule.ts";
import { shellRunsOf } from "../../shell/shell-runs.ts";
import { partsOf } from "../../shell/word-parts.ts";

export const assignThenExport: Rule = {
  name: "SC2155",
  description: "A variable should be set before it is exported",
  advice: "An `export X=$(make-x)` ends well even if make-x fails; `X=$(make-x) && export X` does not.",
  whole(file, _around, tell) {
    for (const { run, commands } of shellRunsOf(file)) {
      for (const { name, words } of commands) {
        if (!/^(export|local|readonly|declare|typeset)$/.test(name)) continue;
        const word = words.find((one) => /^\w+=/.test(one.raw) && partsOf(one).some(({ kind }) => kind === "command"));
        if (word) tell(run, `a failure of the command is passed over by ${name}; set the variable first`, { at: word });
      }
    }
  },
};
