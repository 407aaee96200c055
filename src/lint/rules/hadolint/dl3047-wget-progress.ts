import type { Rule } from "../../rule.ts";
import { runsOf } from "../../shell/runs.ts";

export const wgetProgress: Rule = {
  name: "DL3047",
  description: "wget should not fill the log with its progress",
  advice: "wget draws a line for each piece; --progress=dot:giga, -q or -nv keep the log short.",
  severity: "info",
  whole(file, _around, tell) {
    for (const { run, commands } of runsOf(file)) {
      for (const command of commands) {
        if (command.name !== "wget") continue;
        const quiet = command.words.some(({ text }) =>
          /^(--progress\b|-\w*q|--quiet|-nv|--no-verbose|-o|--output-file|-a|--append-output|--version)/.test(text),
        );
        if (!quiet) tell(run, "wget fills the log with its progress; use --progress=dot:giga", { at: command });
      }
    }
  },
};
