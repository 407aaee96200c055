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
        const own = new Set(line.pairs.map(({ key }) => key.raw));
        for (const { value, key } of line.pairs) {
          const names = value.raw.startsWith("'") ? [] : [...value.raw.matchAll(/\$\{?(\w+)/g)].map(([, name = ""]) => name);
          const used = names.find((name) => name !== key.raw && own.has(name) && !known.has(name));
          if (used) tell(line, `${key.raw} uses ${used}, which this ENV sets only for the lines below`);
        }
        for (const name of own) known.add(name);
      }
    }
  },
};
