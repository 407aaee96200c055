import { contextCopies, contextPath } from "../../copied-files.ts";
import type { Rule } from "../../rule.ts";
import { wildcard } from "../../wildcard.ts";

export const wildcardMatchesNothing: Rule = {
  name: "WildcardMatchesNothing",
  code: "SW025",
  description: "A wildcard of COPY should match something",
  advice: "A wildcard that matches no file is passed over in silence, and the files are missed later.",
  whole({ stages }, { context }, tell) {
    if (!context) return;
    const paths = [...context.entries.keys()];
    const known = new Map<string, boolean>();
    const matchesSome = (pattern: string): boolean => {
      if (!known.has(pattern)) known.set(pattern, paths.some(wildcard(pattern)));
      return known.get(pattern) === true;
    };
    for (const line of stages.flatMap(contextCopies)) {
      for (const { raw } of line.sources) {
        if (!/[*?[]/.test(raw) || raw.includes("$") || /^\w+:\/\//.test(raw)) continue;
        if (!matchesSome(contextPath(raw))) tell(line, `${raw} matches nothing in the build context`);
      }
    }
  },
};
