import { suggest } from "../../core/index.ts";
import type { Rule } from "../rule.ts";
import { variablesOf } from "../variables.ts";

export const undefinedArgInFrom: Rule = {
  name: "UndefinedArgInFrom",
  description: "FROM command must use declared ARGs",
  advice: "FROM sees only ARGs that stand before the first FROM.",
  from(from, globals, tell, { declared }) {
    const words = [from.image, ...(from.platform ? [from.platform] : [])];
    const unset = words.flatMap(({ raw }) => [...(variablesOf(raw, globals)?.unset ?? [])].sort());
    for (const name of unset.filter((one) => !declared.has(one))) {
      const near = suggest(name, [...globals.names(), ...declared]);
      tell(from, `FROM argument '${name}' is not declared${near ? ` (did you mean ${near}?)` : ""}`);
    }
  },
};
