import { cleanRule } from "../../package-rules.ts";
import type { Rule } from "../../rule.ts";

export const yarnClean: Rule = cleanRule({
  name: "DL3060",
  severity: "info",
  installs: ({ manager, action }) => manager === "yarn" && action === "install",
  cleans: /^(yarn cache clean|rm .*yarn)/,
  folder: "/usr/local/share/.cache",
  command: "yarn cache clean",
  description: "What yarn keeps should be removed in the RUN that installs",
  advice: "Downloaded packages stay in the layer and are of no use there.",
});
