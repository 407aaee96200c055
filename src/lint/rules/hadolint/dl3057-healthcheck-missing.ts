import type { Rule } from "../../rule.ts";

export const healthcheckMissing: Rule = {
  name: "DL3057",
  description: "An image of a service should have a HEALTHCHECK",
  advice: "With HEALTHCHECK Docker knows whether the program answers, not only whether it runs.",
  severity: "info",
  experimental: true,
  whole({ stages }, _around, tell) {
    const last = stages.at(-1);
    if (last && !last.body.some(({ kind }) => kind === "HEALTHCHECK")) tell(last.from, "there is no HEALTHCHECK");
  },
};
