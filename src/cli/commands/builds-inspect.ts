import { findBuild } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import { buildNumber } from "../build-number.ts";
import type { Command } from "../command.ts";

/** `slipway builds inspect`. */
export const command: Command = {
  usage: "[BUILD...]",
  flags: [],
  arguments: { min: 0, max: Number.POSITIVE_INFINITY },
  errorPrefix: "",
  async run(call) {
    const bench = openBench(call);
    const numbers = call.args.length === 0 ? [undefined] : call.args.map(buildNumber);
    const found = numbers.map((number) => findBuild(bench, number));
    call.console.print(`${JSON.stringify(found, null, 4)}\n`);
    return 0;
  },
};
