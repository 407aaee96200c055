import { prune } from "../../api/index.ts";
import { formatByteSize } from "../../core/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { notSupported } from "../errors.ts";
import { confirmed } from "../prompt.ts";

/** `slipway builder prune`. */
export const command: Command = {
  usage: "[OPTIONS]",
  flags: [
    { name: "all", short: "a", kind: "bool", help: "Remove the contents of cache mounts as well" },
    { name: "builder", kind: "text", help: "Of buildx; there is one builder here", hidden: true },
    { name: "debug", short: "D", kind: "bool", help: "Enable debug logging", hidden: true },
    { name: "filter", kind: "list", value: "filter", help: "Provide filter values", hidden: true },
    { name: "force", short: "f", kind: "bool", help: "Do not prompt for confirmation" },
    { name: "keep-storage", kind: "bytes", help: "Amount of disk space to keep for cache", hidden: true },
    { name: "max-used-space", kind: "bytes", help: "Maximum amount of disk space allowed to keep for cache", hidden: true },
    { name: "min-free-space", kind: "bytes", help: "Target amount of free disk space after pruning", hidden: true },
    { name: "reserved-space", kind: "bytes", help: "Amount of disk space always allowed to keep for cache", hidden: true },
    { name: "verbose", kind: "bool", help: "Provide a more verbose output", hidden: true },
  ],
  arguments: { min: 0, max: 0 },
  async run(call) {
    const { flags, console, signal } = call;
    for (const name of ["filter", "keep-storage", "max-used-space", "min-free-space", "reserved-space"]) {
      if (flags.has(name)) throw notSupported(`--${name}`, "prune removes the whole build cache");
    }
    const all = flags.bool("all");
    const what = all
      ? "This will remove all build cache."
      : "This will remove the build cache, but for the contents of cache mounts.";
    const yes = flags.bool("force") || (await confirmed(call, what));
    const bytes = yes ? (await prune(openBench(call), { cache: true, mounts: all, signal })).reclaimedBytes : 0;
    console.print(`Total:\t${formatByteSize(bytes)}\n`);
    return 0;
  },
};
