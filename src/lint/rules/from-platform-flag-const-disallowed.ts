import type { Rule } from "../rule.ts";
import { variablesOf } from "../variables.ts";

export const fromPlatformFlagConstDisallowed: Rule = {
  name: "FromPlatformFlagConstDisallowed",
  aliases: ["DL3029"],
  description: "FROM --platform flag should not use a constant value",
  advice: "A constant platform in FROM makes an image for that platform whatever is asked for.",
  from(from, globals, tell) {
    const { platform } = from;
    if (!platform) return;
    const used = variablesOf(platform.raw, globals);
    if (!used || used.names.length > 0 || !/^[\w.-]+(\/[\w.-]+){0,2}$/.test(used.text)) return;
    // A stage that is named for its platform means it.
    const name = from.as?.raw.toLowerCase() ?? "";
    const [os = "", architecture = os] = used.text.split("/");
    if (name.includes(os) || name.includes(architecture)) return;
    tell(from, `FROM --platform flag should not use constant value "${used.text}"`);
  },
};
