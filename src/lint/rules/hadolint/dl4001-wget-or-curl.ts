import type { Rule } from "../../rule.ts";
import { runsOf } from "../../shell/runs.ts";

export const wgetOrCurl: Rule = {
  name: "DL4001",
  description: "Either wget or curl should be used, not both",
  advice: "Two programs for one thing make the image larger.",
  whole(file, _around, tell) {
    for (const stage of file.stages) {
      const runs = runsOf(file).filter((one) => one.stage === stage);
      const uses = (name: string) => runs.find(({ commands }) => commands.some((command) => command.name === name));
      const [wget, curl] = [uses("wget"), uses("curl")];
      if (!wget || !curl) continue;
      const later = stage.body.indexOf(wget.run) > stage.body.indexOf(curl.run) ? wget : curl;
      tell(later.run, "this stage fetches with wget and with curl; one of them is enough");
    }
  },
};
