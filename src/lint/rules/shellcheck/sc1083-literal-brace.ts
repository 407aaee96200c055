import type { Rule } from "../../rule.ts";
import { shellRunsOf } from "../../shell/shell-runs.ts";
import { partsOf } from "../../shell/word-parts.ts";

export const literalBrace: Rule = {
  name: "SC1083",
  description: "A brace that is no syntax should be quoted",
  advice: "The end of `{ a }` is a word of a: it needs `;` before it, and a brace that is meant literally needs quotes.",
  whole(file, _around, tell) {
    for (const { run, commands } of shellRunsOf(file)) {
      for (const { words } of commands) {
        const word = words.find((one) =>
          isLiteral(partsOf(one).map(({ kind, quoted, text }) => (kind === "text" && !quoted ? text : ""))),
        );
        if (word) tell(run, "this brace is taken literally; write ; before it, or quote it", { at: word });
      }
    }
  },
};

/** Whether there is a brace besides `{}`, `{a,b}` and `{1..3}`. */
function isLiteral(plain: readonly string[]): boolean {
  return /[{}]/.test(plain.join("$").replace(/\{[^{}]*(?:,|\.\.)[^{}]*\}|\{\}/g, ""));
}
