import type { Instruction } from "../../../dockerfile/index.ts";
import type { Rule } from "../../rule.ts";

export const metadataBeforeExpensiveSteps: Rule = {
  name: "MetadataBeforeExpensiveSteps",
  code: "SW017",
  description: "Values that change with each build should be set after the steps that do not need them",
  advice:
    "ARG and ENV are part of each RUN below them: a new revision or date runs all of these again, also those that do not use it.",
  whole({ stages }, _around, tell) {
    for (const { body } of stages) {
      for (const [index, line] of body.entries()) {
        const name = namesOf(line).find((one) => CHANGING.test(one));
        if (name === undefined) continue;
        const below = body.slice(index + 1);
        const firstUse = below.findIndex(({ text }) => new RegExp(`\\$\\{?${name}\\b`).test(text));
        const runs = below.slice(0, firstUse < 0 ? undefined : firstUse).filter(({ kind }) => kind === "RUN").length;
        const steps = runs === 1 ? "a RUN that does" : `${runs} RUNs that do`;
        if (runs > 0) tell(line, `each new ${name} runs ${steps} not use it again; set it below, or give labels with --label`);
      }
    }
  },
};

const CHANGING =
  /^(.*_)?(GIT_?(SHA|COMMIT|HASH|REV|REF|REVISION)\d?|COMMIT(_?(SHA|HASH|ID|REF))?|VCS_REF|REVISION|BUILD_?(DATE|TIME|TIMESTAMP|NUMBER|NUM|ID|REF)|TIMESTAMP|CACHE_?BUST(ER)?)$/i;

function namesOf(line: Instruction): string[] {
  if (line.kind === "ARG") return line.args.map(({ key }) => key);
  return line.kind === "ENV" ? line.pairs.map(({ key }) => key.raw) : [];
}
