import { suggest } from "../../core/index.ts";
import type { Rule } from "../rule.ts";
import { undefinedVariables } from "../words.ts";

export const undefinedVar: Rule = {
  name: "UndefinedVar",
  description: "Variables should be defined before their use",
  advice: "A variable that is not set stands for nothing, which is rarely meant.",
  line(line, state, tell, { imagesUnknown }) {
    // Nobody knows what the image sets.
    if (imagesUnknown && state.root.from.image.raw !== "scratch") return;
    for (const name of undefinedVariables(line, state)) {
      const near = suggest(name, state.scope.names());
      tell(line, `Usage of undefined variable '$${name}'${near ? ` (did you mean $${near}?)` : ""}`);
    }
  },
};
