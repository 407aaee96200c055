import type { Rule } from "../rule.ts";

export const legacyKeyValueFormat: Rule = {
  name: "LegacyKeyValueFormat",
  description: "Legacy key/value format with whitespace separator should not be used",
  advice: "ENV and LABEL with a blank instead of = take one pair a line and are easily misread.",
  line(line, _state, tell) {
    if ((line.kind !== "ENV" && line.kind !== "LABEL") || !line.pairs.some((pair) => pair.legacy)) return;
    const { keyword } = line;
    tell(line, `"${keyword} key=value" should be used instead of legacy "${keyword} key value" format`);
  },
};
