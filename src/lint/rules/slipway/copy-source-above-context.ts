import { posix } from "node:path";
import { contextCopies } from "../../copied-files.ts";
import type { Rule } from "../../rule.ts";

export const copySourceAboveContext: Rule = {
  name: "CopySourceAboveContext",
  code: "SW014",
  description: "Sources should lie within the build context",
  advice:
    "The context is all that a build can see: .. at its top is cut off. Build from the folder above with -f, or name the other folder with --build-context.",
  severity: "error",
  whole({ stages }, _around, tell) {
    for (const line of stages.flatMap(contextCopies)) {
      for (const { raw } of line.sources) {
        if (/^\w+:\/\//.test(raw) || !/^\.\.(\/|$)/.test(posix.normalize(raw.replace(/^\/+/, "")))) continue;
        tell(line, `${raw} leaves the context, so .. is cut off; build from above with -f, or use --build-context`);
      }
    }
  },
};
