import { listBuilds, removeBuild } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import { buildNumber } from "../build-number.ts";
import type { Command } from "../command.ts";
import { forEachName } from "../each.ts";
import { optionsExclude } from "../errors.ts";

/** `slipway builds rm`. */
export const command: Command = {
  usage: "[OPTIONS] BUILD [BUILD...]",
  flags: [{ name: "all", short: "a", kind: "bool", help: "Forget all builds" }],
  arguments: { min: 0, max: Number.POSITIVE_INFINITY },
  errorPrefix: "",
  async run(call) {
    const bench = openBench(call);
    const all = call.flags.bool("all");
    if (all === call.args.length > 0) throw optionsExclude("name the builds, or say --all");
    const args = all ? listBuilds(bench).map(({ number }) => String(number)) : call.args;
    return forEachName({ ...call, args }, "", (name) => {
      removeBuild(bench, buildNumber(name));
      call.console.print(`${name}\n`);
    });
  },
};
