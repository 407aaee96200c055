import { once } from "node:events";
import { findBuild, findSteps, readContainerLog, stepLog, type Workbench } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import { buildNumber } from "../build-number.ts";
import type { Call, Command } from "../command.ts";
import { badOptionValue } from "../errors.ts";
import { parseTime } from "../filters.ts";

/** `slipway logs`: of a container, as Docker has it, or of a build. */
export const command: Command = {
  usage: "[OPTIONS] CONTAINER | [BUILD] [STEP]",
  flags: [
    { name: "follow", short: "f", kind: "bool", help: "Follow log output of a container" },
    {
      name: "tail",
      short: "n",
      kind: "text",
      default: "all",
      help: "Number of lines to show from the end of a container's logs",
    },
    { name: "since", kind: "text", help: "Show a container's logs since a time, or a duration before now" },
    { name: "until", kind: "text", help: "Show a container's logs before a time, or a duration before now" },
    { name: "details", kind: "bool", help: "Without effect", hidden: true },
    { name: "timestamps", short: "t", kind: "bool", help: "Show timestamps of a container's lines" },
  ],
  arguments: { min: 0, max: 2 },
  errorPrefix: "",
  async run(call) {
    const { args, console } = call;
    const bench = openBench(call);
    // Builds go by their number, containers by their name or ID.
    if (args.length === 1 && !/^#?\d{1,9}$/.test(args[0] ?? "")) return printContainer(bench, args[0] ?? "", call);
    const build = findBuild(bench, args[0] === undefined ? undefined : buildNumber(args[0]));
    const steps = findSteps(build, args[1]);
    const titled = steps.length > 1;
    for (const step of steps) {
      const log = stepLog(bench, build, step);
      if (titled && log.length === 0) continue;
      if (titled) console.print(`#${step.number} ${step.name}\n`);
      if (!console.stdout.write(log)) await once(console.stdout, "drain");
      if (titled && log.at(-1) !== 0x0a) console.print("\n");
    }
    return 0;
  },
};

async function printContainer(bench: Workbench, name: string, { flags, console, signal }: Call): Promise<number> {
  const text = flags.text("tail") ?? "all";
  if (!/^(all|-?\d+)$/.test(text)) throw badOptionValue("--tail", text, "it is a number of lines, or all");
  const tail = text === "all" || text.startsWith("-") ? undefined : Number(text);
  const options = {
    follow: flags.bool("follow"),
    ...(tail === undefined ? {} : { tail }),
    ...timeOf("since", flags.text("since")),
    ...timeOf("until", flags.text("until")),
    signal,
  };
  for await (const { stream, log, time } of readContainerLog(bench, name, options)) {
    const line = flags.bool("timestamps") ? `${time} ${log}` : log;
    if (stream === "stdout") console.print(line);
    else console.error(line);
  }
  return 0;
}

function timeOf(name: "since" | "until", text: string | undefined): { readonly since?: number; readonly until?: number } {
  return text === undefined ? {} : { [name]: parseTime(text, Date.now()) };
}
