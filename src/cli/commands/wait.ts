import { waitForContainer } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { forEachName } from "../each.ts";

const PREFIX = "Error response from daemon: ";

/** `slipway wait`. */
export const command: Command = {
  usage: "CONTAINER [CONTAINER...]",
  flags: [],
  arguments: { min: 1, max: Number.POSITIVE_INFINITY },
  errorPrefix: PREFIX,
  async run(call) {
    const bench = openBench(call);
    return forEachName(call, PREFIX, async (name) => {
      call.console.print(`${await waitForContainer(bench, name, call.signal)}\n`);
    });
  },
};
