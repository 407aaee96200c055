import type { Instruction, Stage } from "../../dockerfile/index.ts";
import type { Rule } from "../rule.ts";

export const multipleInstructionsDisallowed: Rule = {
  name: "MultipleInstructionsDisallowed",
  aliases: ["DL3012", "DL4003", "DL4004"],
  description: "Multiple instructions of the same type should not be used in the same stage",
  advice: "Only the last CMD, ENTRYPOINT and HEALTHCHECK of a stage counts.",
  line(line, { stage }, tell) {
    if (!ONCE.includes(line.kind)) return;
    const next = nextOf(stage).get(line);
    if (!next) return;
    const { keyword } = next;
    const why = "should not be used in the same stage because only the last one will be used";
    tell(line, `Multiple ${keyword} instructions ${why}`);
  },
};

const ONCE = ["CMD", "ENTRYPOINT", "HEALTHCHECK"];
const known = new WeakMap<Stage, ReadonlyMap<Instruction, Instruction>>();

/** For each line of the stage the next of its kind. */
function nextOf(stage: Stage): ReadonlyMap<Instruction, Instruction> {
  const before = known.get(stage);
  if (before) return before;
  const next = new Map<Instruction, Instruction>();
  const last = new Map<string, Instruction>();
  for (const line of stage.body) {
    const above = last.get(line.kind);
    if (above) next.set(above, line);
    last.set(line.kind, line);
  }
  known.set(stage, next);
  return next;
}
