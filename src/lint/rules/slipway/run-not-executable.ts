import { copiedProgram } from "../../copied-files.ts";
import type { Rule } from "../../rule.ts";
import { runsOf } from "../../shell/runs.ts";

export const runNotExecutable: Rule = {
  name: "RunNotExecutable",
  code: "SW011",
  description: "What RUN starts should be a program",
  advice: "A file without the executable bit, or one that holds data, cannot be started: the step ends with 126 or 127.",
  whole(file, { context }, tell) {
    for (const { run, stage, commands } of runsOf(file)) {
      for (const command of commands) {
        const word = command.words[0]?.text ?? "";
        if (DATA.test(word)) {
          const meant = /requirements.*\.txt$/.test(word) ? `; did you mean pip install -r ${word}?` : "";
          tell(run, `${word} is not a program${meant}`, { at: command });
        } else if (context && word.includes("/") && !word.includes("$")) {
          const copied = copiedProgram(word, stage, file, context);
          if (!copied || copied.executable || copied.line.range.start.line > run.range.start.line) continue;
          tell(run, `${copied.path} has no executable bit; COPY it with --chmod=755`, { at: command });
        }
      }
    }
  },
};

const DATA = /^(?![-/]*$)[\w./-]+\.(txt|json|toml|lock|ya?ml|md|cfg|ini|csv|xml)$/;
