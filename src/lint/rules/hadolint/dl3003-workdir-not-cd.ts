import type { Rule } from "../../rule.ts";
import { runsOf } from "../../shell/runs.ts";

export const workdirNotCd: Rule = {
  name: "DL3003",
  description: "WORKDIR should be used to change the folder",
  advice: "A cd ends with its RUN; WORKDIR holds for all that follows and is easier to see.",
  whole(file, _around, tell) {
    for (const { run, commands } of runsOf(file)) {
      const [first] = commands;
      if (first?.name === "cd" && first.before === "") tell(run, "use WORKDIR to change the folder", { at: first });
    }
  },
};
