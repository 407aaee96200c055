import type { Pair } from "../../dockerfile/index.ts";
import type { Replacement, Rule } from "../rule.ts";

export const legacyKeyValueFormat: Rule = {
  name: "LegacyKeyValueFormat",
  description: "Legacy key/value format with whitespace separator should not be used",
  advice: "ENV and LABEL with a blank instead of = take one pair a line and are easily misread.",
  fixable: true,
  line(line, _state, tell) {
    if ((line.kind !== "ENV" && line.kind !== "LABEL") || !line.pairs.some((pair) => pair.legacy)) return;
    const { keyword } = line;
    const message = `"${keyword} key=value" should be used instead of legacy "${keyword} key value" format`;
    tell(line, message, { replace: line.pairs.flatMap(asPair) });
  },
};

/** Values with quotes or escapes of their own are left to the author. */
function asPair({ key, value }: Pair): Replacement[] {
  const range = { start: key.range.end, end: value.range.end };
  if (/["'\\`]/.test(value.raw) || range.start.line !== range.end.line) return [];
  return [{ range, text: /\s/.test(value.raw) ? `="${value.raw}"` : `=${value.raw}` }];
}
