import { SlipwayError } from "../../core/index.ts";
import { expandWord, type Scope } from "../../dockerfile/index.ts";
import type { Rule } from "../rule.ts";

export const invalidDefaultArgInFrom: Rule = {
  name: "InvalidDefaultArgInFrom",
  description: "Default value for global ARG results in an empty or invalid base image name",
  advice: "A file is easier to build when it can be built without build arguments.",
  whole({ stages, escape }, { defaults, isImageName }, tell) {
    for (const { from } of stages) {
      const name = withDefaults(from.image.raw, defaults, escape);
      if (name === undefined) return;
      if (!isImageName(name)) tell(from, `Default value for ARG ${from.image.raw} results in empty or invalid base image name`);
    }
  },
};

/** Undefined where the word itself is wrong, which the plan tells. */
function withDefaults(raw: string, defaults: Scope, escape: string): string | undefined {
  try {
    return expandWord(raw, defaults, { escape }).text;
  } catch (error) {
    if (error instanceof SlipwayError) return undefined;
    throw error;
  }
}
