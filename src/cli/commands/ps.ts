import { type ContainerSummary, listContainers } from "../../api/index.ts";
import { formatAge } from "../../core/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { notSupported } from "../errors.ts";
import { formatList, type ListShape, type Row } from "../list-format.ts";

const SHAPE: ListShape = {
  typeName: "*formatter.ContainerContext",
  headers: {
    ID: "CONTAINER ID",
    Image: "IMAGE",
    Command: "COMMAND",
    CreatedAt: "CREATED AT",
    RunningFor: "CREATED",
    Status: "STATUS",
    State: "STATE",
    Ports: "PORTS",
    Names: "NAMES",
  },
};
const TABLE = "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}";
/** Characters of COMMAND in a table. */
const COMMAND = 20;

/** `slipway ps`. */
export const command: Command = {
  usage: "[OPTIONS]",
  flags: [
    { name: "all", short: "a", kind: "bool", help: "Show all containers (default shows just running)" },
    {
      name: "format",
      kind: "text",
      help: "Format output using a custom template: 'table', 'table TEMPLATE', 'json' or a Go template",
    },
    { name: "filter", short: "f", kind: "list", help: "Not supported", hidden: true },
    { name: "latest", short: "l", kind: "bool", help: "Show the latest created container (includes all states)" },
    { name: "last", short: "n", kind: "int", help: "Show n last created containers (includes all states)" },
    { name: "no-trunc", kind: "bool", help: "Don't truncate output" },
    { name: "quiet", short: "q", kind: "bool", help: "Only display container IDs" },
  ],
  arguments: { min: 0, max: 0 },
  async run(call) {
    const { flags, console } = call;
    if (flags.has("filter")) throw notSupported("--filter of ps", "--format json has all that could be chosen by");
    const last = flags.bool("latest") ? 1 : flags.has("last") ? flags.number("last") : undefined;
    const all = listContainers(openBench(call), flags.bool("all") || last !== undefined);
    const rows = (last === undefined || last < 0 ? all : all.slice(0, last)).map((each) =>
      rowOf(each, flags.bool("no-trunc"), Date.now()),
    );
    const asked = flags.text("format") ?? "table";
    const format = asked === "table" ? (flags.bool("quiet") ? "{{.ID}}" : TABLE) : asked;
    console.print(formatList(format, rows, SHAPE));
    return 0;
  },
};

function rowOf(container: ContainerSummary, noTrunc: boolean, now: number): Row {
  const { id, argv, ports, running, state } = container;
  const words = argv.join(" ");
  const command = noTrunc || [...words].length <= COMMAND ? words : `${[...words].slice(0, COMMAND - 1).join("")}…`;
  const age = (time: string): string => formatAge(Math.max(0, (now - Date.parse(time)) / 1000));
  const ended = container.finished ?? container.created;
  const status = {
    created: "Created",
    running: `Up ${age(container.created)}`,
    exited: `Exited (${container.exitCode ?? 137}) ${age(ended)} ago`,
  };
  return {
    ID: noTrunc ? id : id.slice(0, 12),
    Image: container.image.name,
    Command: JSON.stringify(command),
    CreatedAt: container.created,
    RunningFor: `${age(container.created)} ago`,
    Status: status[state],
    State: state,
    Ports: running ? ports.map((port) => `${port.hostAddress}:${port.hostPort}->${port.containerPort}/tcp`).join(", ") : "",
    Names: container.name,
  };
}
