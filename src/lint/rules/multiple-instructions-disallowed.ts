import type { Rule } from "../rule.ts";

export const multipleInstructionsDisallowed: Rule = {
  name: "MultipleInstructionsDisallowed",
  aliases: ["DL3012", "DL4003", "DL4004"],
  description: "Multiple instructions of the same type should not be used in the same stage",
  advice: "Only the last CMD, ENTRYPOINT and HEALTHCHECK of a stage counts.",
  line(line, { stage }, tell) {
    if (!ONCE.includes(line.kind)) return;
    const next = stage.body.slice(stage.body.indexOf(line) + 1).find((other) => other.kind === line.kind);
    if (!next) return;
    const { keyword } = next;
    const why = "should not be used in the same stage because only the last one will be used";
    tell(line, `Multiple ${keyword} instructions ${why}`);
  },
};

const ONCE = ["CMD", "ENTRYPOINT", "HEALTHCHECK"];
