import { cleanRule } from "../../package-rules.ts";
import type { Rule } from "../../rule.ts";

export const zypperClean: Rule = cleanRule({
  name: "DL3036",
  severity: "warning",
  installs: ({ manager, action }) => manager === "zypper" && ["install", "in"].includes(action),
  cleans: /^(zypper (clean|cc)\b|rm .*\/var\/cache\/zypp)/,
  folder: "/var/cache/zypp",
  command: "zypper clean --all",
  description: "What zypper keeps should be removed in the RUN that installs",
  advice: "Downloaded packages stay in the layer and are of no use there.",
});
