import type { Rule } from "../../rule.ts";

export const labelSchema: Rule = {
  name: "DL3048",
  aliases: ["DL3049", "DL3050", "DL3051", "DL3052", "DL3053", "DL3054", "DL3055", "DL3056", "DL3058"],
  description: "Labels should be those that the settings ask for, in their form",
  advice:
    "The key label-schema of .hadolint.yaml lists the labels that an image must have and the form of each; with strict-labels there may be no others.",
  whole({ stages }, { policy }, tell) {
    const last = stages.at(-1);
    if (!last || !policy || policy.labelSchema.size === 0) return;
    const lines = last.body.flatMap((line) => (line.kind === "LABEL" ? [line] : []));
    const pairs = lines.flatMap((line) =>
      line.pairs.map((pair) => ({ line, key: unquoted(pair.key.raw), value: unquoted(pair.value.raw) })),
    );
    for (const { line, key, value } of pairs) {
      const form = policy.labelSchema.get(key);
      if (form === undefined && policy.strictLabels) tell(line, `the label ${key} is not in the schema`);
      else if (form !== undefined && !value.includes("$") && !(FORMS[form]?.test(value) ?? true))
        tell(line, `the label ${key} is no ${form}: ${value}`);
    }
    for (const name of policy.labelSchema.keys())
      if (!pairs.some(({ key }) => key === name)) tell(lines.at(-1) ?? last.from, `the label ${name} is missing`);
  },
};

const FORMS: Readonly<Record<string, RegExp>> = {
  text: /\S/,
  rawtext: /^[^]*$/,
  url: /^[a-z][\w+.-]*:\/\/\S+$/i,
  semver: /^\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/,
  hash: /^([0-9a-f]{7}|[0-9a-f]{40}|[0-9a-f]{64})$/,
  rfc3339: /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i,
  spdx: /^[\w.+() -]+$/,
  email: /^[^@\s]+@[^@\s]+\.[^@\s]+$/,
};

function unquoted(raw: string): string {
  return raw.replace(/^(["'])([^]*)\1$/, "$2");
}
