/** What `build --dry-run` prints. */
import { type BuildOptions, dryRun } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import { changeLines } from "../change-line.ts";
import type { Call } from "../command.ts";

type Step = Awaited<ReturnType<typeof dryRun>>["steps"][number];

/** `json` prints the steps as data. */
export async function answerDryRun(options: BuildOptions, json: boolean, call: Call): Promise<number> {
  const { console } = call;
  const { steps } = await dryRun(openBench(call), options);
  if (json) {
    console.print(`${JSON.stringify(steps, null, 4)}\n`);
    return 0;
  }
  for (const step of steps) {
    console.print(`${step.name}: ${step.state}\n`);
    for (const line of reasons(step)) console.print(`    ${line}\n`);
  }
  const count = (state: Step["state"]): number => steps.filter((step) => step.state === state).length;
  console.print(`${count("cached")} cached, ${count("runs")} to run, ${count("may run")} that may run\n`);
  return 0;
}

function reasons({ state, why, waitsFor = [] }: Step): string[] {
  if (state === "cached") return [];
  if (state === "may run") return [`depends on the files of ${waitsFor.join(", ")}`];
  return why ? changeLines(why) : ["no earlier build had it"];
}
