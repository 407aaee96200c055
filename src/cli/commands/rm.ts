import { removeContainer } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { forEachName } from "../each.ts";

const PREFIX = "Error response from daemon: ";

/** `slipway rm`. */
export const command: Command = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  flags: [
    { name: "force", short: "f", kind: "bool", help: "Force the removal of a running container" },
    { name: "volumes", short: "v", kind: "bool", help: "Remove anonymous volumes associated with the container" },
  ],
  arguments: { min: 1, max: Number.POSITIVE_INFINITY },
  errorPrefix: PREFIX,
  async run(call) {
    const bench = openBench(call);
    const { flags, signal, console } = call;
    const force = flags.bool("force");
    const code = await forEachName(call, PREFIX, async (name) => {
      await removeContainer(bench, name, { force, volumes: flags.bool("volumes"), signal });
      console.print(`${name}\n`);
    });
    return force ? 0 : code;
  },
};
