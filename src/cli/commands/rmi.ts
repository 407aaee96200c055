import { removeImage } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { forEachName } from "../each.ts";
import { notSupported } from "../errors.ts";

const PREFIX = "Error response from daemon: ";

/** `slipway rmi`. */
export const command: Command = {
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  flags: [
    { name: "force", short: "f", kind: "bool", help: "Force removal of the image" },
    { name: "no-prune", kind: "bool", help: "Do not delete untagged parents; without effect" },
    { name: "platform", kind: "words", help: "Remove only the given platform variant", hidden: true },
  ],
  arguments: { min: 1, max: Number.POSITIVE_INFINITY },
  errorPrefix: PREFIX,
  async run(call) {
    if (call.flags.has("platform")) throw notSupported("--platform of rmi");
    const bench = openBench(call);
    const force = call.flags.bool("force");
    const code = await forEachName(call, PREFIX, async (name) => {
      for (const removal of await removeImage(bench, name, force)) {
        call.console.print("untagged" in removal ? `Untagged: ${removal.untagged}\n` : `Deleted: ${removal.deleted}\n`);
      }
    });
    return force ? 0 : code;
  },
};
