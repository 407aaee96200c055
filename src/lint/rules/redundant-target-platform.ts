import type { Rule } from "../rule.ts";
import { variablesOf } from "../variables.ts";

export const redundantTargetPlatform: Rule = {
  name: "RedundantTargetPlatform",
  aliases: ["DL3065"],
  description: "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior",
  advice: "A stage is for the target platform unless it says otherwise.",
  from(from, globals, tell) {
    const { platform } = from;
    if (!platform) return;
    const used = variablesOf(platform.raw, globals);
    if (used?.text !== globals.get("TARGETPLATFORM") || used?.names.join() !== "TARGETPLATFORM") return;
    tell(from, `Setting platform to predefined ${platform.raw} in FROM is redundant as this is the default behavior`);
  },
};
