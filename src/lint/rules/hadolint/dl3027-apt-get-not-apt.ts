import type { Rule } from "../../rule.ts";
import { runsOf } from "../../shell/runs.ts";

export const aptGetNotApt: Rule = {
  name: "DL3027",
  description: "apt-get should be used instead of apt",
  advice: "apt is made for people: its output and options may change from release to release.",
  fixable: true,
  whole(file, _around, tell) {
    for (const { run, calls } of runsOf(file)) {
      for (const { manager, action, command } of calls) {
        if (manager !== "apt") continue;
        const word = command.words.find(({ text }) => text === "apt");
        const same = word && word.start >= 0 && SAME.includes(action);
        const edits = same ? [{ start: word.start, end: word.end, text: "apt-get" }] : undefined;
        tell(run, "apt is for people; use apt-get", { at: command, edits });
      }
    }
  },
};

/** What apt-get does in the same way. */
const SAME = ["update", "install", "remove", "purge", "autoremove", "clean"];
