import { once } from "node:events";
import { findBuild, findSteps, stepLog } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import { buildNumber } from "../build-number.ts";
import type { Command } from "../command.ts";

/** `slipway logs`. */
export const command: Command = {
  usage: "[BUILD] [STEP]",
  flags: [],
  arguments: { min: 0, max: 2 },
  errorPrefix: "",
  async run(call) {
    const { args, console } = call;
    const bench = openBench(call);
    const build = findBuild(bench, args[0] === undefined ? undefined : buildNumber(args[0]));
    const steps = findSteps(build, args[1]);
    const titled = steps.length > 1;
    for (const step of steps) {
      const log = stepLog(bench, build, step);
      if (titled && log.length === 0) continue;
      if (titled) console.print(`#${step.number} ${step.name}\n`);
      if (!console.stdout.write(log)) await once(console.stdout, "drain");
      if (titled && log.at(-1) !== 0x0a) console.print("\n");
    }
    return 0;
  },
};
