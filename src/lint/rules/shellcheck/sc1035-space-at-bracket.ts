import type { Rule } from "../../rule.ts";
import { shellRunsOf } from "../../shell/shell-runs.ts";

export const spaceAtBracket: Rule = {
  name: "SC1035",
  description: "The brackets of a test should have blanks around them",
  advice: "The shell takes `[` for a program and `]` for its last word: `[-f x]` looks for a program of that name.",
  severity: "error",
  whole(file, _around, tell) {
    for (const { run, commands } of shellRunsOf(file)) {
      for (const { words } of commands) {
        const first = words[0];
        const open = first && /^\[\[?/.exec(first.raw)?.[0];
        if (!first || !open) continue;
        const close = open === "[" ? "]" : "]]";
        const last = words.at(-1) ?? first;
        if (first.raw !== open) {
          if (!first.raw.slice(open.length).includes("]") || first === last)
            tell(run, `there is no blank behind ${open}`, { at: first });
        } else if (last.raw !== close && last.raw.endsWith(close)) tell(run, `there is no blank before ${close}`, { at: last });
      }
    }
  },
};
