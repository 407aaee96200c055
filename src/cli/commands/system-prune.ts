import { prune } from "../../api/index.ts";
import { formatByteSize } from "../../core/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { parseFilters } from "../filters.ts";
import { confirmed } from "../prompt.ts";
import { chosenImages, PRUNE_FILTERS, removeAll } from "./image-prune.ts";
import { cacheChoice } from "./prune-values.ts";

/** `slipway system prune`. */
export const command: Command = {
  usage: "[OPTIONS]",
  flags: [
    { name: "all", short: "a", kind: "bool", help: "Remove all unused images not just dangling ones" },
    { name: "filter", kind: "list", value: "filter", help: 'Provide filter values (e.g. "label=<key>=<value>")' },
    { name: "force", short: "f", kind: "bool", help: "Do not prompt for confirmation" },
    { name: "volumes", kind: "bool", help: "Prune anonymous volumes; there are none", hidden: true },
  ],
  arguments: { min: 0, max: 0 },
  async run(call) {
    const { flags, console, signal } = call;
    const filters = flags.list("filter");
    parseFilters(filters, PRUNE_FILTERS);
    const all = flags.bool("all");
    const images = all ? "all images without at least one container associated to them" : "all dangling images";
    if (!flags.bool("force") && !(await confirmed(call, `This will remove:\n  - ${images}\n  - unused build cache\n`))) return 0;
    const bench = openBench(call);
    const chosen = chosenImages(bench, filters);
    const lines = all ? await removeAll(bench, chosen) : [];
    // A label says nothing of a step, so it chooses none, as with Docker.
    const times = filters.filter((text) => text.startsWith("until="));
    const choose = times.length < filters.length ? () => false : cacheChoice(times, Date.now());
    const pruned = await prune(bench, { dangling: chosen, cache: { all, mounts: all, ...(choose ? { choose } : {}) }, signal });
    lines.push(...pruned.images.map((digest) => `deleted: ${digest}`));
    if (lines.length > 0) console.print(`Deleted Images:\n${lines.join("\n")}\n\n`);
    console.print(`Total reclaimed space: ${formatByteSize(pruned.reclaimedBytes)}\n`);
    return 0;
  },
};
