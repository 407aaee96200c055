import { optionRule } from "../../package-rules.ts";
import type { Rule } from "../../rule.ts";

export const yumYes: Rule = optionRule({
  name: "DL3030",
  severity: "warning",
  manager: "yum",
  actions: ["install", "groupinstall", "localinstall", "reinstall"],
  options: ["-y", "--assumeyes"],

  message: "yum asks before it installs; use -y",
  description: "yum install should not ask",
  advice: "Nobody answers questions while an image is built: the command ends, or waits for ever.",
});
