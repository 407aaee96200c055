import { findBuild, findSteps } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import { buildNumber } from "../build-number.ts";
import { changeLines } from "../change-line.ts";
import type { Command } from "../command.ts";

type Step = ReturnType<typeof findSteps>[number];

/** `slipway explain`. */
export const command: Command = {
  usage: "[OPTIONS] [BUILD] [STEP]",
  flags: [{ name: "format", kind: "text", help: "'json' prints the steps with their changes as data" }],
  arguments: { min: 0, max: 2 },
  errorPrefix: "",
  async run(call) {
    const { args, console, flags } = call;
    const build = findBuild(openBench(call), args[0] === undefined ? undefined : buildNumber(args[0]));
    const steps = findSteps(build, args[1]);
    if (flags.text("format") === "json") console.print(`${JSON.stringify(steps, null, 4)}\n`);
    else for (const step of steps) console.print([head(step), ...reasons(step).map((line) => `    ${line}`), ""].join("\n"));
    return 0;
  },
};

function head({ number, name, state, started, ended }: Step): string {
  const took = ended === undefined || state === "cached" ? "" : ` ${((ended - started) / 1000).toFixed(1)}s`;
  return `#${number} ${name}: ${state}${took}`;
}

function reasons({ why, state, key, error }: Step): string[] {
  if (error) return [error];
  if (why) return changeLines(why);
  // Only steps have keys; what else has a line in the progress is never looked up.
  return state === "done" && key ? ["no earlier build had it"] : [];
}
