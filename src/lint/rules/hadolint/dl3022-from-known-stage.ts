import { suggest } from "../../../core/index.ts";
import type { Rule } from "../../rule.ts";

export const fromKnownStage: Rule = {
  name: "DL3022",
  description: "COPY --from should name a stage of the file, or an image in full",
  advice: "A name that is no stage is taken for an image of the registry, which may be anybody's.",
  whole({ stages }, _around, tell) {
    const names = new Set<string>();
    for (const { name, body } of stages) {
      for (const line of body) {
        if (line.kind !== "COPY" || !line.from) continue;
        const from = line.from.raw;
        if (names.has(from.toLowerCase()) || /[/:@.$]/.test(from) || /^\d+$/.test(from)) continue;
        const near = suggest(from, [...names]);
        tell(line, `${from} is no stage above, so an image of that name is meant${near ? ` (did you mean ${near}?)` : ""}`);
      }
      if (name !== "") names.add(name);
    }
  },
};
