import { isSecretName } from "../../core/index.ts";
import type { Rule } from "../rule.ts";
import { textOf } from "../variables.ts";

export const secretsUsedInArgOrEnv: Rule = {
  name: "SecretsUsedInArgOrEnv",
  aliases: ["DL3064"],
  description: "Sensitive data should not be used in the ARG or ENV commands",
  advice: "What ENV and ARG hold can be read from the image; RUN --mount=type=secret leaves nothing behind.",
  line(line, { scope, escape }, tell) {
    if (line.kind !== "ENV" && line.kind !== "ARG") return;
    const keys = line.kind === "ENV" ? line.pairs.map((pair) => pair.key.raw) : line.args.map((arg) => arg.key);
    for (const key of keys) {
      const name = textOf(key, scope, escape);
      if (name !== undefined && isSecretName(name))
        tell(line, `Do not use ARG or ENV instructions for sensitive data (${line.kind} "${name}")`);
    }
  },
};
