import { posix } from "node:path";
import type { Rule } from "../rule.ts";
import { textOf } from "../variables.ts";

export const copyIgnoredFile: Rule = {
  name: "CopyIgnoredFile",
  description: "Attempting to Copy file that is excluded by .dockerignore",
  advice: "What .dockerignore excludes is not in the build context and cannot be copied.",
  line(line, { scope, escape }, tell, { ignored }) {
    if (!ignored || (line.kind !== "COPY" && line.kind !== "ADD")) return;
    if (line.kind === "COPY" && line.from) return;
    const verb = line.kind === "COPY" ? "Copy" : "Add";
    for (const { raw } of line.sources) {
      const source = textOf(raw, scope, escape);
      if (source === undefined || /^https?:\/\/|^git@/.test(source)) continue;
      const path = posix.normalize(source).replace(/(.)\/$/, "$1");
      if (ignored(path)) tell(line, `Attempting to ${verb} file "${path}" that is excluded by .dockerignore`);
    }
  },
};
