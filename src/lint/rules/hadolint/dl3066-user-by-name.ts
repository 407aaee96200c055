import type { Rule } from "../../rule.ts";

export const userByName: Rule = {
  name: "DL3066",
  description: "USER should be a number where Kubernetes is to check that it is not root",
  advice: "runAsNonRoot of Kubernetes cannot look a name up and refuses to start the container.",
  severity: "info",
  experimental: true,
  whole({ stages }, _around, tell) {
    const user = stages.at(-1)?.body.findLast((line) => line.kind === "USER");
    if (user?.kind === "USER" && !/^(\d|\$|root(:|$))/.test(user.user.raw))
      tell(user, `${user.user.raw} is a name; runAsNonRoot needs a number`);
  },
};
