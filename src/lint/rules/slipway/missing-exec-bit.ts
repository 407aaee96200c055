import { copiedProgram } from "../../copied-files.ts";
import { startedProgram, startLines } from "../../last-command.ts";
import type { Rule } from "../../rule.ts";
import { offsetOf } from "../../shell/script.ts";

export const missingExecBit: Rule = {
  name: "MissingExecBit",
  code: "SW016",
  description: "The program of CMD and ENTRYPOINT should be executable",
  advice: "COPY keeps the mode of a file; one without the executable bit cannot be started, and the container ends at once.",
  fixable: true,
  whole(file, { context }, tell) {
    if (!context) return;
    for (const stage of file.stages) {
      for (const line of startLines(stage)) {
        const program = startedProgram(line);
        const copied = program === undefined ? undefined : copiedProgram(program, stage, file, context);
        if (!copied || copied.executable) continue;
        const start = offsetOf(file.source, copied.line.range.start) + copied.line.keyword.length;
        const alone = copied.line.sources.length === 1 && context.entries.get(copied.path) !== undefined;
        const whole = copied.line.sources.some(({ raw }) => raw.replace(/^\.?\//, "") === copied.path);
        tell(copied.line, `${copied.path} is started by ${line.kind} but has no executable bit; use --chmod=755`, {
          edits: alone && whole ? [{ start, end: start, text: " --chmod=755" }] : undefined,
        });
      }
    }
  },
};
