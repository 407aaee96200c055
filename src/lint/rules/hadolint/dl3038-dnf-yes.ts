import { optionRule } from "../../package-rules.ts";
import type { Rule } from "../../rule.ts";

export const dnfYes: Rule = optionRule({
  name: "DL3038",
  severity: "warning",
  manager: "dnf",
  actions: ["install", "groupinstall", "localinstall", "reinstall"],
  options: ["-y", "--assumeyes"],

  message: "dnf asks before it installs; use -y",
  description: "dnf install should not ask",
  advice: "Nobody answers questions while an image is built: the command ends, or waits for ever.",
});
