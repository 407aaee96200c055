import type { Rule } from "../../rule.ts";
import { shellRunsOf } from "../../shell/shell-runs.ts";

export const echoEscapes: Rule = {
  name: "SC2028",
  description: "Escapes should go through printf",
  advice: "Whether `echo 'a\\nb'` prints two lines depends on the shell of the image; printf always does.",
  severity: "info",
  whole(file, _around, tell) {
    for (const { run, commands } of shellRunsOf(file)) {
      for (const { name, words } of commands) {
        if (name !== "echo" || words.some(({ text }) => /^-[neE]*e/.test(text))) continue;
        const word = words.find(({ raw }) => /["'][^]*\\[ntr]/.test(raw));
        if (word) tell(run, "echo may print this escape as it is; use printf", { at: word });
      }
    }
  },
};
