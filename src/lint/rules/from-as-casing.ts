import type { Rule } from "../rule.ts";

export const fromAsCasing: Rule = {
  name: "FromAsCasing",
  description: "The 'as' keyword should match the case of the 'from' keyword",
  advice: "FROM and AS read better when both are written in one case.",
  written({ stages }, tell) {
    for (const { from } of stages) {
      const { keyword, asKeyword: as } = from;
      if (as === undefined) continue;
      const lower = keyword === keyword.toLowerCase();
      const upper = keyword === keyword.toUpperCase();
      const same = lower ? as === as.toLowerCase() : as === as.toUpperCase();
      if ((lower || upper) && !same) tell(from, `'${as}' and '${keyword}' keywords' casing do not match`);
    }
  },
};
