import { optionRule } from "../../package-rules.ts";
import type { Rule } from "../../rule.ts";

export const noInstallRecommends: Rule = optionRule({
  name: "DL3015",
  severity: "info",
  manager: "apt-get",
  actions: ["install"],
  options: ["--no-install-recommends"],

  message: "apt-get installs recommended packages too; use --no-install-recommends",
  description: "apt-get should install only what is named and needed",
  advice: "Recommended packages are rarely needed in an image and can double its size.",
});
