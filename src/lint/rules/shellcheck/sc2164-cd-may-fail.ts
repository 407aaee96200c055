import type { Instruction } from "../../../dockerfile/index.ts";
import type { Rule } from "../../rule.ts";
import { shellRunsOf } from "../../shell/shell-runs.ts";
import { inherit } from "../../stage-image.ts";

export const cdMayFail: Rule = {
  name: "SC2164",
  description: "What follows a cd should not run where the cd has failed",
  advice: "Where x is missing, `cd x; rm -rf *` removes the files of another folder; join them with `&&`, or use WORKDIR.",
  whole(file, around, tell) {
    const runs = new Map(shellRunsOf(file).map((one) => [one.run as Instruction, one.commands]));
    inherit<readonly string[]>(file, around, ({ body }, parent = []) => {
      let shell = parent;
      for (const line of body) {
        if (line.kind === "SHELL") shell = line.shell;
        if (shell.some((word) => /^-\w*e/.test(word))) continue;
        for (const { name, words, after, ...at } of runs.get(line) ?? []) {
          if (name === "set" && words.some(({ text }) => /^-\w*e/.test(text))) break;
          if (name === "cd" && words.length > 1 && (after === ";" || after === "\n"))
            tell(line, "what follows runs even if this cd fails; write && behind it", { at });
        }
      }
      return shell;
    });
  },
};
