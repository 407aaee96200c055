import type { Rule } from "../rule.ts";

export const consistentInstructionCasing: Rule = {
  name: "ConsistentInstructionCasing",
  description: "All commands within the Dockerfile should use the same casing (either upper or lower)",
  advice: "Keywords are found faster when all of a file are written in one case.",
  fixable: true,
  whole({ stages }, _around, tell) {
    const lines = stages.flatMap(({ from, body }) => [from, ...body]);
    const lower = lines.filter(({ keyword }) => keyword === keyword.toLowerCase()).length;
    const upper = lines.filter(({ keyword }) => keyword === keyword.toUpperCase()).length;
    const wanted = lower > upper ? "lowercase" : "uppercase";
    for (const line of lines) {
      const { keyword } = line;
      const right = lower > upper ? keyword.toLowerCase() : keyword.toUpperCase();
      if (keyword === right) continue;
      const { start } = line.range;
      const range = { start, end: { line: start.line, column: start.column + keyword.length } };
      const message = `Command '${keyword}' should match the case of the command majority (${wanted})`;
      tell(line, message, { replace: [{ range, text: right }] });
    }
  },
};
