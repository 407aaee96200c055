import type { Stage } from "../../../dockerfile/index.ts";
import type { Rule } from "../../rule.ts";
import type { ShellCommand } from "../../shell/command.ts";
import { runsOf } from "../../shell/runs.ts";

export const programStartedInRun: Rule = {
  name: "ProgramStartedInRun",
  code: "SW013",
  description: "RUN is for building; what the container runs belongs in CMD",
  advice: "A RUN ends with all its processes: a server that it starts is gone in the image, or keeps the build waiting.",
  severity: "info",
  whole(file, _around, tell) {
    const cmds = new Map(file.stages.map((stage) => [stage, startedBy(stage)]));
    for (const { run, stage, commands } of runsOf(file)) {
      const last = commands.at(-1);
      if (!last) continue;
      const started = cmds.get(stage);
      const same = started !== undefined && started === last.words.map(({ text }) => text).join(" ");
      const server = commands.find(isServer) ?? (last.after === "&" || same ? last : undefined);
      if (server)
        tell(run, `${server.name} is started while the image is built and is gone in the container; start it with CMD`, {
          at: server,
        });
    }
  },
};

function startedBy({ body }: Stage): string | undefined {
  const cmd = body.findLast((line) => line.kind === "CMD");
  if (cmd?.kind !== "CMD") return undefined;
  return cmd.command.form === "exec" ? cmd.command.argv.join(" ") : cmd.command.line;
}

function isServer({ name, words }: ShellCommand): boolean {
  const [first = "", second = ""] = words.slice(1).map(({ text }) => text);
  if (name === "systemctl") return first === "start" || first === "restart";
  if (name === "service") return second === "start" || second === "restart";
  if (name === "npm" || name === "yarn") return first === "start" || (first === "run" && second === "start");
  return ["flask", "streamlit"].includes(name) ? first === "run" : name === "rails" ? /^s(erver)?$/.test(first) : false;
}
