import { listBuilds } from "../../api/index.ts";
import { formatAge } from "../../core/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { formatList, type ListShape, type Row } from "../list-format.ts";

type Build = ReturnType<typeof listBuilds>[number];

const SHAPE: ListShape = {
  typeName: "*formatter.buildContext",
  headers: {
    Number: "BUILD",
    State: "STATE",
    StartedSince: "STARTED",
    StartedAt: "STARTED AT",
    Duration: "DURATION",
    Steps: "STEPS",
    Cached: "CACHED",
    Warnings: "WARNINGS",
    Name: "NAME",
    Image: "IMAGE ID",
    Context: "CONTEXT",
    Error: "ERROR",
  },
};
const TABLE =
  "table {{.Number}}\t{{.State}}\t{{.StartedSince}}\t{{.Duration}}\t{{.Steps}}\t{{.Cached}}\t{{.Name}}\t{{.Image}}\t{{.Context}}";

/** `slipway builds`. */
export const command: Command = {
  usage: "[OPTIONS]",
  flags: [
    {
      name: "format",
      kind: "text",
      help: "Format output using a custom template: 'table', 'table TEMPLATE', 'json' or a Go template",
    },
    { name: "no-trunc", kind: "bool", help: "Don't truncate output" },
    { name: "quiet", short: "q", kind: "bool", help: "Only show the numbers" },
  ],
  arguments: { min: 0, max: 0 },
  async run(call) {
    const { flags, console } = call;
    const rows = listBuilds(openBench(call)).map((build) => rowOf(build, flags.bool("no-trunc"), Date.now()));
    const asked = flags.text("format") ?? "table";
    const format = asked === "table" ? (flags.bool("quiet") ? "{{.Number}}" : TABLE) : asked;
    console.print(formatList(format, rows, SHAPE));
    return 0;
  },
};

function rowOf(build: Build, noTrunc: boolean, now: number): Row {
  const { started, ended, image = "" } = build;
  return {
    Number: String(build.number),
    State: build.state,
    StartedSince: `${formatAge(Math.max(0, (now - started) / 1000))} ago`,
    StartedAt: new Date(started).toISOString(),
    Duration: ended === undefined ? "" : `${((ended - started) / 1000).toFixed(1)}s`,
    Steps: String(build.steps.length),
    Cached: String(build.steps.filter(({ state }) => state === "cached").length),
    Warnings: String(build.warnings.length),
    Name: build.names.join(","),
    Image: noTrunc ? image : image.slice(7, 19),
    Context: build.context,
    Error: build.error?.message ?? "",
  };
}
