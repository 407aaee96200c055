import type { Rule } from "../../rule.ts";
import { runsOf } from "../../shell/runs.ts";

export const useraddNoLogInit: Rule = {
  name: "DL3046",
  description: "useradd with a high user number needs --no-log-init",
  advice: "useradd makes lastlog as long as the number is high; layers are read and packed at that length.",
  fixable: true,
  whole(file, _around, tell) {
    for (const { run, commands } of runsOf(file)) {
      for (const command of commands) {
        if (command.name !== "useradd") continue;
        const words = command.words.map(({ text }) => text);
        const number = words.map(
          (text, i) => /^(?:--uid=|-\w*u)(\d*)$/.exec(text)?.[1] || (/^(--uid|-\w*u)$/.test(text) ? words[i + 1] : ""),
        );
        if (!number.some((text) => /^\d{6,}$/.test(text ?? "")) || words.some((text) => /^(-\w*l\w*|--no-log-init)$/.test(text)))
          continue;
        const end = command.words[0]?.end ?? -1;
        const edits = end < 0 ? undefined : [{ start: end, end, text: " --no-log-init" }];
        tell(run, "a high user number makes a huge lastlog; use --no-log-init", { at: command, edits });
      }
    }
  },
};
