import type { Rule } from "../rule.ts";

export const reservedStageName: Rule = {
  name: "ReservedStageName",
  aliases: ["DL3063"],
  description: "Reserved words should not be used as stage names",
  advice: "The names scratch and context have a meaning of their own, so a stage cannot bear them.",
  whole({ stages }, _around, tell) {
    for (const { name, from } of stages) {
      if (name !== "scratch" && name !== "context") continue;
      tell(from, `Stage name should not use the same name as reserved stage "${name}"`);
    }
  },
};
