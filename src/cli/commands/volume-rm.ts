import { removeVolume } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { forEachName } from "../each.ts";

/** `slipway volume rm`. */
export const command: Command = {
  usage: "VOLUME [VOLUME...]",
  flags: [],
  arguments: { min: 1, max: Number.POSITIVE_INFINITY },
  async run(call) {
    const { store } = openBench(call);
    return forEachName(call, "Error response from daemon: ", async (name) => {
      await removeVolume(store, name);
      call.console.print(`${name}\n`);
    });
  },
};
