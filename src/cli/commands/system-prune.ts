import { prune, pruneContainers, pruneVolumes } from "../../api/index.ts";
import { formatByteSize } from "../../core/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { parseFilters, parseTime } from "../filters.ts";
import { confirmed } from "../prompt.ts";
import { chosenImages, PRUNE_FILTERS, removeAll } from "./image-prune.ts";
import { bytesOf, cacheChoice, namesOf, section } from "./prune-values.ts";

/** `slipway system prune`. */
export const command: Command = {
  usage: "[OPTIONS]",
  flags: [
    { name: "all", short: "a", kind: "bool", help: "Remove all unused images not just dangling ones" },
    { name: "filter", kind: "list", value: "filter", help: 'Provide filter values (e.g. "label=<key>=<value>")' },
    { name: "force", short: "f", kind: "bool", help: "Do not prompt for confirmation" },
    { name: "volumes", kind: "bool", help: "Prune anonymous volumes" },
  ],
  arguments: { min: 0, max: 0 },
  async run(call) {
    const { flags, console, signal } = call;
    const filters = flags.list("filter");
    parseFilters(filters, PRUNE_FILTERS);
    const all = flags.bool("all");
    const images = all ? "all images without at least one container associated to them" : "all dangling images";
    const volumes = flags.bool("volumes");
    const unused = volumes ? ["all anonymous volumes not used by at least one container"] : [];
    const parts = ["all stopped containers", ...unused, images, "unused build cache"];
    const question = `This will remove:\n${parts.map((part) => `  - ${part}\n`).join("")}`;
    if (!flags.bool("force") && !(await confirmed(call, question))) return 0;
    const bench = openBench(call);
    const until = filters.filter((text) => text.startsWith("until="));
    // A label says nothing of a step or a container, so it chooses none.
    const isChosen = until.length === filters.length;
    const before = Math.min(...until.map((text) => parseTime(text.slice("until=".length), Date.now())));
    const containers = isChosen ? await pruneContainers(bench, before) : [];
    const free = volumes && filters.length === 0 ? await pruneVolumes(bench) : [];
    const chosen = chosenImages(bench, filters);
    const lines = all ? await removeAll(bench, chosen) : [];
    const choose = isChosen ? cacheChoice(until, Date.now()) : () => false;
    const pruned = await prune(bench, { dangling: chosen, cache: { all, mounts: all, ...(choose ? { choose } : {}) }, signal });
    lines.push(...pruned.images.map((digest) => `deleted: ${digest}`));
    console.print(section("Deleted Containers:", namesOf(containers)));
    console.print(section("Deleted Volumes:", namesOf(free)));
    console.print(section("Deleted Images:", lines));
    const bytes = pruned.reclaimedBytes + bytesOf(containers) + bytesOf(free);
    console.print(`Total reclaimed space: ${formatByteSize(bytes)}\n`);
    return 0;
  },
};
