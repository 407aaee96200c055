import type { Rule } from "../../rule.ts";

export const consecutiveRuns: Rule = {
  name: "DL3059",
  description: "RUNs that follow each other may be one",
  advice: "Each RUN makes a layer; two that change together can be one, while steps that change apart are better kept apart.",
  severity: "info",
  experimental: true,
  whole({ stages }, _around, tell) {
    for (const { body } of stages) {
      for (const [index, line] of body.entries()) {
        const before = body[index - 1];
        const plain = line.kind === "RUN" && before?.kind === "RUN" && line.flagsUsed.length + before.flagsUsed.length === 0;
        if (plain && line.comments.length === 0) tell(line, "this RUN follows another one; join them if they change together");
      }
    }
  },
};
