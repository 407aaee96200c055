import { listVolumes } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { formatList, type ListShape } from "../list-format.ts";

const SHAPE: ListShape = { typeName: "*formatter.volumeContext", headers: { Driver: "DRIVER", Name: "VOLUME NAME" } };

/** `slipway volume ls`. */
export const command: Command = {
  usage: "[OPTIONS]",
  flags: [
    { name: "format", kind: "text", help: "Format output using a custom template: 'table', 'json' or a Go template" },
    { name: "quiet", short: "q", kind: "bool", help: "Only display volume names" },
  ],
  arguments: { min: 0, max: 0 },
  async run(call) {
    const rows = listVolumes(openBench(call).store).map((Name) => ({ Driver: "local", Name }));
    const asked = call.flags.text("format") ?? "table";
    const table = call.flags.bool("quiet") ? "{{.Name}}" : "table {{.Driver}}\t{{.Name}}";
    call.console.print(formatList(asked === "table" ? table : asked, rows, SHAPE));
    return 0;
  },
};
