import { optionRule } from "../../package-rules.ts";
import type { Rule } from "../../rule.ts";

export const zypperYes: Rule = optionRule({
  name: "DL3034",
  severity: "warning",
  manager: "zypper",
  actions: ["install", "in", "remove", "rm", "patch", "dist-upgrade", "dup"],
  options: ["-y", "--no-confirm", "-n", "--non-interactive"],

  message: "zypper asks before it installs; use -y",
  description: "zypper should not ask",
  advice: "Nobody answers questions while an image is built: the command ends, or waits for ever.",
});
