import { listImages, prune, removeImage, type Workbench } from "../../api/index.ts";
import { formatByteSize } from "../../core/index.ts";
import type { Descriptor } from "../../oci/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { parseFilters } from "../filters.ts";
import { chooseImages } from "../image-list.ts";
import { confirmed } from "../prompt.ts";
import { section } from "./prune-values.ts";

/** `slipway image prune`. */
export const command: Command = {
  usage: "[OPTIONS]",
  flags: [
    { name: "all", short: "a", kind: "bool", help: "Remove all unused images, not just dangling ones" },
    { name: "filter", kind: "list", value: "filter", help: 'Provide filter values (e.g. "until=<timestamp>")' },
    { name: "force", short: "f", kind: "bool", help: "Do not prompt for confirmation" },
  ],
  arguments: { min: 0, max: 0 },
  async run(call) {
    const { flags, console, signal } = call;
    const filters = flags.list("filter");
    parseFilters(filters, PRUNE_FILTERS);
    const all = flags.bool("all");
    if (
      !flags.bool("force") &&
      !(await confirmed(
        call,
        `This will remove all ${all ? "images without at least one container associated to them" : "dangling images"}.`,
      ))
    )
      return 0;
    const bench = openBench(call);
    const chosen = chosenImages(bench, filters);
    const lines = all ? await removeAll(bench, chosen) : [];
    const pruned = await prune(bench, { dangling: chosen, signal });
    lines.push(...pruned.images.map((digest) => `deleted: ${digest}`));
    console.print(section("Deleted Images:", lines));
    console.print(`Total reclaimed space: ${formatByteSize(pruned.reclaimedBytes)}\n`);
    return 0;
  },
};

/** What `--filter` of prune chooses by. */
export const PRUNE_FILTERS: readonly string[] = ["until", "label"];

/** Whether an image answers to all of the filters. Throws OPTION_VALUE_INVALID. */
export function chosenImages(
  bench: Workbench,
  filters: readonly string[],
): (image: { readonly descriptor: Descriptor }) => boolean {
  if (filters.length === 0) return () => true;
  const chosen = new Set(chooseImages(listImages(bench), { filters, now: Date.now() }).map((image) => image.Id));
  return ({ descriptor }) => chosen.has(bench.store.images.idOf(descriptor) ?? descriptor.digest);
}

/** Takes away all images that are chosen and that no container was made from. */
export async function removeAll(bench: Workbench, chosen: ReturnType<typeof chosenImages>): Promise<string[]> {
  const used = new Set(bench.store.containers.list().map((container) => container.image.id));
  const images = listImages(bench).filter((image) => chosen(image) && !used.has(image.id));
  const lines: string[] = [];
  for (const digest of new Set(images.map((image) => image.descriptor.digest))) {
    for (const removal of await removeImage(bench, digest, true)) {
      lines.push("untagged" in removal ? `untagged: ${removal.untagged}` : `deleted: ${removal.deleted}`);
    }
  }
  return lines;
}
