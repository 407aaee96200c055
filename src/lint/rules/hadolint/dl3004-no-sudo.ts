import type { Rule } from "../../rule.ts";
import { runsOf } from "../../shell/runs.ts";

export const noSudo: Rule = {
  name: "DL3004",
  description: "sudo should not be used in RUN",
  advice: "sudo changes signals and terminals and asks for a password where no rule allows it; USER says as whom a step runs.",
  severity: "error",
  whole(file, _around, tell) {
    for (const { run, commands } of runsOf(file))
      for (const command of commands) if (command.name === "sudo") tell(run, "use USER instead of sudo", { at: command });
  },
};
