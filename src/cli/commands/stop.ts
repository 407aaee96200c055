import { signalNamed, stopContainer } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { forEachName } from "../each.ts";
import { badOptionValue } from "../errors.ts";

const PREFIX = "Error response from daemon: ";

/** `slipway stop`. */
export const command: Command = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  flags: [
    { name: "signal", short: "s", kind: "text", help: "Signal to send to the container" },
    {
      name: "timeout",
      short: "t",
      kind: "text",
      value: "int",
      help: "Seconds to wait before killing the container (default 10)",
    },
  ],
  arguments: { min: 1, max: Number.POSITIVE_INFINITY },
  errorPrefix: PREFIX,
  async run(call) {
    const { flags, signal, console } = call;
    const bench = openBench(call);
    const name = flags.text("signal");
    const stopSignal = name === undefined ? undefined : signalNamed(name);
    if (name !== undefined && !stopSignal) throw badOptionValue("--signal", name, "it is a signal, such as SIGINT");
    const seconds = flags.text("timeout");
    if (seconds !== undefined && !/^-?\d+$/.test(seconds))
      throw badOptionValue("--timeout", seconds, "it is a number of seconds");
    // A negative one is for ever, which to a timer is 24 days.
    const timeoutMs = seconds === undefined ? undefined : Number(seconds) < 0 ? 0x7fffffff : Number(seconds) * 1000;
    return forEachName(call, PREFIX, async (each) => {
      await stopContainer(bench, each, {
        ...(stopSignal ? { stopSignal } : {}),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        signal,
      });
      console.print(`${each}\n`);
    });
  },
};
