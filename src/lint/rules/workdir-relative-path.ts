import type { Rule } from "../rule.ts";
import { textOf } from "../variables.ts";

export const workdirRelativePath: Rule = {
  name: "WorkdirRelativePath",
  aliases: ["DL3000"],
  description:
    "Relative workdir without an absolute workdir declared within the build can have unexpected results if the base image changes",
  advice: "A relative WORKDIR depends on what the base image has set.",
  line(line, { stage, ancestors, scope, escape }, tell) {
    if (line.kind !== "WORKDIR") return;
    const path = textOf(line.path.raw, scope, escape);
    if (path === undefined || path.startsWith("/")) return;
    const first = stage.body.find((other) => other.kind === "WORKDIR") === line;
    if (!first || ancestors().some(({ body }) => body.some((other) => other.kind === "WORKDIR"))) return;
    tell(line, `Relative workdir "${path}" can have unexpected results if the base image changes`);
  },
};
