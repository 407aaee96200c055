import type { Rule } from "../../rule.ts";

export const lastUserRoot: Rule = {
  name: "DL3002",
  description: "The last USER should not be root",
  advice: "Who breaks out of a program that runs as root is root; switch back to another user after the steps that need root.",
  whole({ stages }, _around, tell) {
    const user = stages.at(-1)?.body.findLast((line) => line.kind === "USER");
    if (user?.kind === "USER" && /^(root|0)(:|$)/.test(user.user.raw))
      tell(user, "the container will run as root; end with another USER");
  },
};
