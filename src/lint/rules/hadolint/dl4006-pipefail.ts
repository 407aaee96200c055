import type { Rule } from "../../rule.ts";
import { runsOf } from "../../shell/runs.ts";
import { lineageOf } from "../../stage-image.ts";

export const pipefail: Rule = {
  name: "DL4006",
  description: "The shell of a RUN with a pipe should have pipefail set",
  advice: "Of a pipe only the last program counts: a download that fails is passed over and its half is unpacked.",
  whole(file, around, tell) {
    for (const { run, stage, commands } of runsOf(file)) {
      const pipe = commands.find(({ after }) => after === "|" || after === "|&");
      if (!pipe || commands.some(({ name, words }) => name === "set" && words.some(({ text }) => text === "pipefail"))) continue;
      const lines = lineageOf(stage, file, around)
        .toReversed()
        .flatMap(({ body }) => body);
      const shell = lines.slice(0, lines.indexOf(run)).findLast((line) => line.kind === "SHELL");
      const words = shell?.kind === "SHELL" ? shell.shell : [];
      if (words.includes("pipefail") || /pwsh|powershell|cmd/.test(words[0] ?? "")) continue;
      tell(run, "a failure before the pipe is passed over; set -o pipefail with SHELL", { at: pipe });
    }
  },
};
