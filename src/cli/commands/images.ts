import { listImages } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { notSupported } from "../errors.ts";
import { chooseImages } from "../image-list.ts";
import { renderImages } from "../image-rows.ts";

/** `slipway images`. */
export const command: Command = {
  usage: "[OPTIONS] [REPOSITORY[:TAG]]",
  flags: [
    { name: "all", short: "a", kind: "bool", help: "Show all images (default hides intermediate images)" },
    { name: "digests", kind: "bool", help: "Show digests" },
    { name: "filter", short: "f", kind: "list", value: "filter", help: "Filter output based on conditions provided" },
    {
      name: "format",
      kind: "text",
      help: "Format output using a custom template: 'table', 'table TEMPLATE', 'json' or a Go template",
    },
    { name: "no-trunc", kind: "bool", help: "Don't truncate output" },
    { name: "quiet", short: "q", kind: "bool", help: "Only show image IDs" },
    { name: "tree", kind: "bool", help: "List multi-platform images as a tree", hidden: true },
  ],
  arguments: { min: 0, max: 1 },
  async run(call) {
    const { flags, console, args } = call;
    if (flags.bool("tree")) throw notSupported("--tree", "the list without it has all images");
    const now = Date.now();
    const images = chooseImages(listImages(openBench(call)), { name: args[0], filters: flags.list("filter"), now });
    const options = { digests: flags.bool("digests"), quiet: flags.bool("quiet"), noTrunc: flags.bool("no-trunc"), now };
    console.print(renderImages(images, { format: flags.text("format") ?? "table", ...options }));
    return 0;
  },
};
