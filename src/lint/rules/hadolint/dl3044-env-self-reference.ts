import type { Rule } from "../../rule.ts";

export const envSelfReference: Rule = {
  name: "DL3044",
  description: "An ENV should not use a variable that it sets itself",
  advice: "All values of one ENV are worked out before any of them is set, so the variable has its old value there.",
  severity: "error",
  whole({ stages }, _around, tell) {
    for (const { body } of stages) {
      const known = new Set<string>();
      for (const line of body) {
        if (line.kind === "ARG") for (const { key } of line.args) known.add(key);
        if (line.kind !== "ENV") continue;
        const own = line.pairs.map(({ key }) => key.raw);
        for (const [index, { value, key }] of line.pairs.entries()) {
          const used = own.find(
            (name, at) => at !== index && !known.has(name) && new RegExp(`\\$(\\{${name}\\b|${name}\\b)`).test(value.raw),
          );
          if (used && !value.raw.startsWith("'"))
            tell(line, `${key.raw} uses ${used}, which this ENV sets only for the lines below`);
        }
        for (const name of own) known.add(name);
      }
    }
  },
};
