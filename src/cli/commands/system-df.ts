import { type CacheEntry, cacheEntries, listImages } from "../../api/index.ts";
import { formatByteSize } from "../../core/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { notSupported } from "../errors.ts";
import { formatList, type ListShape, type Row } from "../list-format.ts";

const SHAPE: ListShape = {
  typeName: "*formatter.diskUsageImagesContext",
  headers: { Type: "TYPE", TotalCount: "TOTAL", Active: "ACTIVE", Size: "SIZE", Reclaimable: "RECLAIMABLE" },
};

/** `slipway system df`. */
export const command: Command = {
  usage: "[OPTIONS]",
  flags: [
    {
      name: "format",
      kind: "text",
      help: "Format output using a custom template: 'table', 'table TEMPLATE', 'json' or a Go template",
    },
    { name: "verbose", short: "v", kind: "bool", help: "Show detailed information on space usage", hidden: true },
  ],
  arguments: { min: 0, max: 0 },
  async run(call) {
    const { flags, console } = call;
    if (flags.bool("verbose")) throw notSupported("--verbose of system df", "images lists the images with their sizes");
    const bench = openBench(call);
    const images = new Map(listImages(bench).map((image) => [image.descriptor.digest, image.size]));
    const bytes = [...images.values()].reduce((sum, size) => sum + size, 0);
    const rows = [
      row("Images", images.size, bytes),
      row("Containers", 0, 0),
      row("Local Volumes", 0, 0),
      cacheRow(cacheEntries(bench)),
    ];
    const asked = flags.text("format") ?? "table";
    const format = asked === "table" ? "table {{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}" : asked;
    console.print(formatList(format, rows, SHAPE));
    return 0;
  },
};

function row(type: string, count: number, bytes: number): Row {
  const size = formatByteSize(bytes);
  return { Type: type, TotalCount: String(count), Active: "0", Size: size, Reclaimable: bytes > 0 ? `${size} (100%)` : size };
}

/** What images share is counted with them. */
function cacheRow(entries: readonly CacheEntry[]): Row {
  const bytes = entries.reduce((sum, { size, shared }) => sum + (shared ? 0 : size), 0);
  return { ...row("Build Cache", entries.length, bytes), Reclaimable: formatByteSize(bytes) };
}
