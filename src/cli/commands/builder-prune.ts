import { prune } from "../../api/index.ts";
import { formatByteSize } from "../../core/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { confirmed } from "../prompt.ts";
import { cacheChoice, meansMounts, removedEntries } from "./prune-values.ts";

/** `slipway builder prune`. */
export const command: Command = {
  usage: "[OPTIONS]",
  flags: [
    { name: "all", short: "a", kind: "bool", help: "Remove what images share and the contents of cache mounts as well" },
    { name: "builder", kind: "text", help: "Of buildx; there is one builder here", hidden: true },
    { name: "debug", short: "D", kind: "bool", help: "Enable debug logging", hidden: true },
    { name: "filter", kind: "list", value: "filter", help: 'Provide filter values (e.g., "until=24h")' },
    { name: "force", short: "f", kind: "bool", help: "Do not prompt for confirmation" },
    { name: "keep-storage", kind: "bytes", help: "The older name of --reserved-space", hidden: true },
    { name: "max-used-space", kind: "bytes", help: "Maximum amount of disk space allowed to keep for cache" },
    { name: "min-free-space", kind: "bytes", help: "Target amount of free disk space after pruning" },
    { name: "reserved-space", kind: "bytes", help: "Amount of disk space always allowed to keep for cache" },
    { name: "verbose", kind: "bool", help: "Provide a more verbose output", hidden: true },
  ],
  arguments: { min: 0, max: 0 },
  async run(call) {
    const { flags, console, signal } = call;
    const all = flags.bool("all");
    const filters = flags.list("filter");
    const now = Date.now();
    const choose = cacheChoice(filters, now);
    const what = all
      ? "This will remove all build cache."
      : "This will remove the build cache, but for what images share and the contents of cache mounts.";
    if (!flags.bool("force") && !(await confirmed(call, what))) return 0;
    const reserved = flags.number("reserved-space") ?? flags.number("keep-storage");
    const [most, free] = [flags.number("max-used-space"), flags.number("min-free-space")];
    const cache = {
      all,
      mounts: all || meansMounts(filters),
      ...(choose ? { choose } : {}),
      ...(reserved === undefined ? {} : { reservedBytes: reserved }),
      ...(most === undefined ? {} : { maxUsedBytes: most }),
      ...(free === undefined ? {} : { minFreeBytes: free }),
    };
    const pruned = await prune(openBench(call), { cache, signal });
    console.print(removedEntries(pruned.cache, now));
    console.print(`Total:\t${formatByteSize(pruned.reclaimedBytes)}\n`);
    return 0;
  },
};
