import { tagImage } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";

/** `slipway tag`. */
export const command: Command = {
  usage: "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
  flags: [],
  arguments: { min: 2, max: 2 },
  async run(call) {
    const [source = "", target = ""] = call.args;
    await tagImage(openBench(call), source, target);
    return 0;
  },
};
