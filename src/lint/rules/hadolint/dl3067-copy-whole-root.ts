import type { Rule } from "../../rule.ts";

export const copyWholeRoot: Rule = {
  name: "DL3067",
  description: "A stage should be built on with FROM, not copied as a whole",
  advice: "COPY --from=x / / makes one large layer of all files and loses the config; FROM x shares the layers and keeps it.",
  whole({ stages }, _around, tell) {
    for (const { from, body } of stages) {
      const line = body[0];
      if (from.image.raw !== "scratch" || line?.kind !== "COPY" || !line.from || line.dest.raw !== "/") continue;
      if (line.sources.some(({ raw }) => raw === "/" || raw === "/."))
        tell(line, `all of ${line.from.raw} is copied; use FROM ${line.from.raw}`);
    }
  },
};
