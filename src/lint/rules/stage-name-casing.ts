import type { Word } from "../../dockerfile/index.ts";
import type { Details, Rule } from "../rule.ts";

export const stageNameCasing: Rule = {
  name: "StageNameCasing",
  description: "Stage names should be lowercase",
  advice: "Stage names are told apart by their small letters alone, so write them so.",
  fixable: true,
  written({ stages }, tell) {
    for (const { from } of stages) {
      const name = from.as?.raw ?? "";
      if (name !== name.toLowerCase())
        tell(from, `Stage name '${name}' should be lowercase`, replace(from.as, name.toLowerCase()));
    }
  },
};

function replace(word: Word | undefined, text: string): Details {
  return word ? { replace: [{ range: word.range, text }] } : {};
}
