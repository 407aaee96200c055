import type { Rule } from "../rule.ts";
import { offsetOf } from "../shell/script.ts";

export const fromAsCasing: Rule = {
  name: "FromAsCasing",
  description: "The 'as' keyword should match the case of the 'from' keyword",
  advice: "FROM and AS read better when both are written in one case.",
  fixable: true,
  written({ stages, source }, tell) {
    for (const { from } of stages) {
      const { keyword, asKeyword: as } = from;
      if (as === undefined) continue;
      const lower = keyword === keyword.toLowerCase();
      const upper = keyword === keyword.toUpperCase();
      const same = lower ? as === as.toLowerCase() : as === as.toUpperCase();
      if ((!lower && !upper) || same) continue;
      const start = source.text.lastIndexOf(as, offsetOf(source, (from.as ?? from.image).range.start) - 1);
      const edits = [{ start, end: start + as.length, text: lower ? as.toLowerCase() : as.toUpperCase() }];
      tell(from, `'${as}' and '${keyword}' keywords' casing do not match`, { edits });
    }
  },
};
