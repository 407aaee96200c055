import type { Instruction } from "../../../dockerfile/index.ts";
import type { Rule } from "../../rule.ts";
import { runsOf } from "../../shell/runs.ts";
import { inherit } from "../../stage-image.ts";

export const pipefail: Rule = {
  name: "DL4006",
  description: "The shell of a RUN with a pipe should have pipefail set",
  advice: "Of a pipe only the last program counts: a download that fails is passed over and its half is unpacked.",
  whole(file, around, tell) {
    const runs = new Map(runsOf(file).map((one) => [one.run as Instruction, one.commands]));
    inherit<readonly string[]>(file, around, ({ body }, parent = []) => {
      let shell = parent;
      for (const line of body) {
        if (line.kind === "SHELL") shell = line.shell;
        if (shell.includes("pipefail") || /pwsh|powershell|cmd/.test(shell[0] ?? "")) continue;
        const commands = runs.get(line) ?? [];
        const pipe = commands.find(({ after }) => after === "|" || after === "|&");
        if (!pipe || commands.some(({ name, words }) => name === "set" && words.some(({ text }) => text === "pipefail")))
          continue;
        tell(line, "a failure before the pipe is passed over; set -o pipefail with SHELL", { at: pipe });
      }
      return shell;
    });
  },
};
