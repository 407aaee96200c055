import type { Rule } from "../../rule.ts";
import { runsOf } from "../../shell/runs.ts";

export const shellNotLink: Rule = {
  name: "DL4005",
  description: "SHELL should be used to change the shell of RUN",
  advice: "A link in place of /bin/sh changes the shell of all scripts of the image, not only of RUN.",
  whole(file, _around, tell) {
    for (const { run, commands } of runsOf(file)) {
      for (const command of commands) {
        if (command.name === "ln" && command.words.at(-1)?.text === "/bin/sh")
          tell(run, 'use SHELL ["/bin/bash", "-c"]', { at: command });
      }
    }
  },
};
