import { type HistoryRow, imageHistory } from "../../api/index.ts";
import { formatAge, formatByteSize } from "../../core/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { notSupported } from "../errors.ts";
import { formatList, type ListShape, type Row } from "../list-format.ts";

const SHAPE: ListShape = {
  typeName: "*formatter.historyContext",
  headers: {
    ID: "IMAGE",
    CreatedSince: "CREATED",
    CreatedAt: "CREATED AT",
    CreatedBy: "CREATED BY",
    Size: "SIZE",
    Comment: "COMMENT",
  },
};
/** Characters of CREATED BY in a table. */
const CREATED_BY = 45;

/** `slipway history`. */
export const command: Command = {
  usage: "[OPTIONS] IMAGE",
  flags: [
    {
      name: "format",
      kind: "text",
      help: "Format output using a custom template: 'table', 'table TEMPLATE', 'json' or a Go template",
    },
    { name: "human", short: "H", kind: "bool", default: "true", help: "Print sizes and dates in human readable format" },
    { name: "no-trunc", kind: "bool", help: "Don't truncate output" },
    { name: "platform", kind: "text", help: "Show history for the given platform", hidden: true },
    { name: "quiet", short: "q", kind: "bool", help: "Only show image IDs" },
  ],
  arguments: { min: 1, max: 1 },
  async run(call) {
    const { flags, args, console } = call;
    if (flags.has("platform")) throw notSupported("--platform of history");
    const options = { human: flags.bool("human"), noTrunc: flags.bool("no-trunc"), now: Date.now() };
    const rows = imageHistory(openBench(call), args[0] ?? "").map((row) => rowOf(row, options));
    const asked = flags.text("format") ?? "table";
    const columns = `table {{.ID}}\t${options.human ? "{{.CreatedSince}}" : "{{.CreatedAt}}"}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}`;
    const format = asked !== "table" ? asked : flags.bool("quiet") ? "{{.ID}}" : columns;
    console.print(formatList(format, rows, SHAPE));
    return 0;
  },
};

function rowOf(row: HistoryRow, { human, noTrunc, now }: { human: boolean; noTrunc: boolean; now: number }): Row {
  const created = row.created === undefined ? undefined : Date.parse(row.created);
  const by = row.createdBy.replaceAll("\t", " ");
  const id = row.id ?? "<missing>";
  return {
    ID: noTrunc ? id : id.startsWith("sha256:") ? id.slice(7, 19) : id,
    CreatedSince: created === undefined ? "N/A" : `${formatAge(Math.max(0, (now - created) / 1000))} ago`,
    CreatedAt: created === undefined ? "" : `${new Date(created).toISOString().slice(0, 19)}Z`,
    CreatedBy: noTrunc || [...by].length <= CREATED_BY ? by : `${[...by].slice(0, CREATED_BY - 1).join("")}…`,
    Size: human ? formatByteSize(row.size) : String(row.size),
    Comment: row.comment,
  };
}
