import type { Rule } from "../rule.ts";

export const duplicateStageName: Rule = {
  name: "DuplicateStageName",
  aliases: ["DL3024"],
  description: "Stage names should be unique",
  advice: "Of two stages with one name only one can be meant.",
  whole({ stages }, _around, tell) {
    const seen = new Set<string>();
    for (const { name, from } of stages) {
      if (name !== "" && seen.has(name)) tell(from, `Duplicate stage name "${name}", stage names should be unique`);
      seen.add(name);
    }
  },
};
