import type { Rule } from "../../rule.ts";
import { runsByStage } from "../../shell/runs.ts";

export const wgetOrCurl: Rule = {
  name: "DL4001",
  description: "Either wget or curl should be used, not both",
  advice: "Two programs for one thing make the image larger.",
  whole(file, _around, tell) {
    for (const runs of runsByStage(file).values()) {
      const uses = (name: string): number => runs.findIndex(({ commands }) => commands.some((command) => command.name === name));
      const [wget, curl] = [uses("wget"), uses("curl")];
      const later = runs[Math.max(wget, curl)];
      if (wget < 0 || curl < 0 || !later) continue;
      tell(later.run, "this stage fetches with wget and with curl; one of them is enough");
    }
  },
};
