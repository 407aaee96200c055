import { optionRule } from "../../package-rules.ts";
import type { Rule } from "../../rule.ts";

export const aptGetYes: Rule = optionRule({
  name: "DL3014",
  severity: "warning",
  manager: "apt-get",
  actions: ["install", "upgrade", "dist-upgrade"],
  options: ["-y", "--yes", "--assume-yes", "-qq"],

  message: "apt-get asks before it installs; use -y",
  description: "apt-get install should not ask",
  advice: "Nobody answers questions while an image is built: the command ends, or waits for ever.",
});
