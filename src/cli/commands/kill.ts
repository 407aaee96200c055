import { killContainer, signalNamed } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { forEachName } from "../each.ts";
import { badOptionValue } from "../errors.ts";

const PREFIX = "Error response from daemon: ";

/** `slipway kill`. */
export const command: Command = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  flags: [{ name: "signal", short: "s", kind: "text", default: "KILL", help: "Signal to send to the container" }],
  arguments: { min: 1, max: Number.POSITIVE_INFINITY },
  errorPrefix: PREFIX,
  async run(call) {
    const { flags, console } = call;
    const bench = openBench(call);
    const text = flags.text("signal") ?? "KILL";
    const name = signalNamed(text);
    if (!name) throw badOptionValue("--signal", text, "it is a signal, such as SIGINT");
    return forEachName(call, PREFIX, async (each) => {
      await killContainer(bench, each, name);
      console.print(`${each}\n`);
    });
  },
};
