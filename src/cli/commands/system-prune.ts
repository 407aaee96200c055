import { prune } from "../../api/index.ts";
import { formatByteSize } from "../../core/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { notSupported } from "../errors.ts";
import { confirmed } from "../prompt.ts";
import { removeAll } from "./image-prune.ts";

/** `slipway system prune`. */
export const command: Command = {
  usage: "[OPTIONS]",
  flags: [
    { name: "all", short: "a", kind: "bool", help: "Remove all unused images not just dangling ones" },
    { name: "filter", kind: "list", value: "filter", help: "Provide filter values", hidden: true },
    { name: "force", short: "f", kind: "bool", help: "Do not prompt for confirmation" },
    { name: "volumes", kind: "bool", help: "Prune anonymous volumes; there are none", hidden: true },
  ],
  arguments: { min: 0, max: 0 },
  async run(call) {
    const { flags, console, signal } = call;
    if (flags.has("filter")) throw notSupported("--filter of prune", "choose with images --filter and remove with rmi");
    const all = flags.bool("all");
    const images = all ? "all images without at least one container associated to them" : "all dangling images";
    if (!flags.bool("force") && !(await confirmed(call, `This will remove:\n  - ${images}\n  - unused build cache\n`))) return 0;
    const bench = openBench(call);
    const lines = all ? await removeAll(bench) : [];
    const pruned = await prune(bench, { dangling: true, cache: true, mounts: all, signal });
    lines.push(...pruned.images.map((digest) => `deleted: ${digest}`));
    if (lines.length > 0) console.print(`Deleted Images:\n${lines.join("\n")}\n\n`);
    console.print(`Total reclaimed space: ${formatByteSize(pruned.reclaimedBytes)}\n`);
    return 0;
  },
};
