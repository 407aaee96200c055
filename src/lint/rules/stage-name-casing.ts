import type { Rule } from "../rule.ts";

export const stageNameCasing: Rule = {
  name: "StageNameCasing",
  description: "Stage names should be lowercase",
  advice: "Stage names are told apart by their small letters alone, so write them so.",
  written({ stages }, tell) {
    for (const { from } of stages) {
      const name = from.as?.raw ?? "";
      if (name !== name.toLowerCase()) tell(from, `Stage name '${name}' should be lowercase`);
    }
  },
};
