import { cleanRule } from "../../package-rules.ts";
import type { Rule } from "../../rule.ts";

export const yumClean: Rule = cleanRule({
  name: "DL3032",
  severity: "warning",
  installs: ({ manager, action }) => manager === "yum" && /install/.test(action),
  cleans: /^(yum clean all|rm .*\/var\/cache\/yum)/,
  folder: "/var/cache/yum",
  command: "yum clean all",
  description: "What yum keeps should be removed in the RUN that installs",
  advice: "Downloaded packages stay in the layer and are of no use there.",
});
