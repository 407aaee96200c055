import { type CacheEntry, cacheEntries, containerUsage, listImages, type Usage, volumeUsage } from "../../api/index.ts";
import { formatByteSize } from "../../core/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { notSupported } from "../errors.ts";
import { formatList, type ListShape, type Row } from "../list-format.ts";
import { bytesOf } from "./prune-values.ts";

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
    const used = new Set(bench.store.containers.list().map(({ image }) => image.id));
    const images = new Map(
      listImages(bench).map(({ descriptor, id, size }) => [descriptor.digest, { name: id, bytes: size, active: used.has(id) }]),
    );
    const rows = [
      usageRow("Images", [...images.values()]),
      usageRow("Containers", containerUsage(bench)),
      usageRow("Local Volumes", volumeUsage(bench)),
      cacheRow(cacheEntries(bench)),
    ];
    const asked = flags.text("format") ?? "table";
    const format = asked === "table" ? "table {{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}" : asked;
    console.print(formatList(format, rows, SHAPE));
    return 0;
  },
};

function row(type: string, of: { count: number; active: number; bytes: number; free: number }): Row {
  const share = of.bytes > 0 ? ` (${Math.round((of.free / of.bytes) * 100)}%)` : "";
  return {
    Type: type,
    TotalCount: String(of.count),
    Active: String(of.active),
    Size: formatByteSize(of.bytes),
    Reclaimable: `${formatByteSize(of.free)}${share}`,
  };
}

function usageRow(type: string, usage: readonly Usage[]): Row {
  const active = usage.filter((each) => each.active);
  const bytes = bytesOf(usage);
  return row(type, { count: usage.length, active: active.length, bytes, free: bytes - bytesOf(active) });
}

/** What images share is counted with them. */
function cacheRow(entries: readonly CacheEntry[]): Row {
  const bytes = entries.reduce((sum, { size, shared }) => sum + (shared ? 0 : size), 0);
  return {
    ...row("Build Cache", { count: entries.length, active: 0, bytes, free: bytes }),
    Reclaimable: formatByteSize(bytes),
  };
}
