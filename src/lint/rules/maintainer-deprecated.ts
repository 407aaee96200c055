import type { Rule } from "../rule.ts";

export const maintainerDeprecated: Rule = {
  name: "MaintainerDeprecated",
  description: "The MAINTAINER instruction is deprecated, use a label instead to define an image author",
  advice: "MAINTAINER is an old way to name the author; the label org.opencontainers.image.authors is the new one.",
  written({ stages }, tell) {
    for (const line of stages.flatMap((stage) => stage.body)) {
      if (line.kind === "MAINTAINER") tell(line, "Maintainer instruction is deprecated in favor of using label");
    }
  },
};
