import { cleanRule } from "../../package-rules.ts";
import type { Rule } from "../../rule.ts";

export const dnfClean: Rule = cleanRule({
  name: "DL3040",
  severity: "warning",
  installs: ({ manager, action }) => manager === "dnf" && /install/.test(action),
  cleans: /^((micro)?dnf clean all|rm .*\/var\/cache\/(lib)?dnf)/,
  folder: "/var/cache/dnf",
  command: "dnf clean all",
  description: "What dnf keeps should be removed in the RUN that installs",
  advice: "Downloaded packages stay in the layer and are of no use there.",
});
