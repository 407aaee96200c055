import { optionRule } from "../../package-rules.ts";
import type { Rule } from "../../rule.ts";

export const apkNoCache: Rule = optionRule({
  name: "DL3019",
  severity: "info",
  manager: "apk",
  actions: ["add"],
  options: ["--no-cache"],
  unlessMounted: "/var/cache/apk",
  message: "apk keeps the package list in the image; use --no-cache",
  description: "apk add should not keep the package list",
  advice: "The package list is of no use after the install and makes the layer larger.",
});
