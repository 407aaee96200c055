import { listImages, prune, removeImage, type Workbench } from "../../api/index.ts";
import { formatByteSize } from "../../core/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { notSupported } from "../errors.ts";
import { confirmed } from "../prompt.ts";

/** `slipway image prune`. */
export const command: Command = {
  usage: "[OPTIONS]",
  flags: [
    { name: "all", short: "a", kind: "bool", help: "Remove all unused images, not just dangling ones" },
    { name: "filter", kind: "list", value: "filter", help: "Provide filter values", hidden: true },
    { name: "force", short: "f", kind: "bool", help: "Do not prompt for confirmation" },
  ],
  arguments: { min: 0, max: 0 },
  async run(call) {
    const { flags, console, signal } = call;
    if (flags.has("filter")) throw notSupported("--filter of prune", "choose with images --filter and remove with rmi");
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
    const lines = all ? await removeAll(bench) : [];
    const pruned = await prune(bench, { dangling: true, signal });
    lines.push(...pruned.images.map((digest) => `deleted: ${digest}`));
    if (lines.length > 0) console.print(`Deleted Images:\n${lines.join("\n")}\n\n`);
    console.print(`Total reclaimed space: ${formatByteSize(pruned.reclaimedBytes)}\n`);
    return 0;
  },
};

/** Nothing runs from an image once its command has ended, so no image is in use. */
export async function removeAll(bench: Workbench): Promise<string[]> {
  const ids = new Set(listImages(bench).map((image) => image.descriptor.digest));
  const lines: string[] = [];
  for (const id of ids) {
    for (const removal of await removeImage(bench, id, true)) {
      lines.push("untagged" in removal ? `untagged: ${removal.untagged}` : `deleted: ${removal.deleted}`);
    }
  }
  return lines;
}
