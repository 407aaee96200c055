import type { Rule } from "../rule.ts";

export const maintainerDeprecated: Rule = {
  name: "MaintainerDeprecated",
  aliases: ["DL4000"],
  description: "The MAINTAINER instruction is deprecated, use a label instead to define an image author",
  advice: "MAINTAINER is an old way to name the author; the label org.opencontainers.image.authors is the new one.",
  fixable: true,
  written({ stages }, tell) {
    for (const line of stages.flatMap((stage) => stage.body)) {
      if (line.kind !== "MAINTAINER") continue;
      const value = JSON.stringify(line.maintainer.replace(/^"([^"]*)"$/, "$1")).replaceAll("$", "\\$");
      const label = line.keyword === line.keyword.toLowerCase() ? "label" : "LABEL";
      tell(line, "Maintainer instruction is deprecated in favor of using label", {
        replace: [{ range: line.range, text: `${label} org.opencontainers.image.authors=${value}` }],
      });
    }
  },
};
