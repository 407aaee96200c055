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
      const uses = usesOf(body);
      const runsBefore = [0];
      for (const { kind } of body) runsBefore.push((runsBefore.at(-1) ?? 0) + (kind === "RUN" ? 1 : 0));
      for (const [index, line] of body.entries()) {
        const name = namesOf(line).find((one) => CHANGING.test(one));
        if (name === undefined) continue;
        const firstUse = uses.get(name)?.find((at) => at > index) ?? body.length;
        const runs = (runsBefore[firstUse] ?? 0) - (runsBefore[index + 1] ?? 0);
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

/** Where each variable is used, as numbers of lines. */
function usesOf(body: readonly Instruction[]): ReadonlyMap<string, readonly number[]> {
  const uses = new Map<string, number[]>();
  for (const [index, { text }] of body.entries()) {
    for (const [, name = ""] of text.matchAll(/\$\{?(\w+)/g)) {
      const known = uses.get(name);
      if (!known) uses.set(name, [index]);
      else if (known.at(-1) !== index) known.push(index);
    }
  }
  return uses;
}
