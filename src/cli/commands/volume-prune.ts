import { pruneVolumes } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { confirmed } from "../prompt.ts";
import { removed } from "./prune-values.ts";

/** `slipway volume prune`. */
export const command: Command = {
  usage: "[OPTIONS]",
  flags: [
    { name: "all", short: "a", kind: "bool", help: "Remove all unused volumes, not just anonymous ones" },
    { name: "force", short: "f", kind: "bool", help: "Do not prompt for confirmation" },
  ],
  arguments: { min: 0, max: 0 },
  async run(call) {
    const { flags, console } = call;
    const all = flags.bool("all");
    const which = `This will remove ${all ? "all" : "anonymous"} local volumes not used by at least one container.`;
    if (!flags.bool("force") && !(await confirmed(call, which))) return 0;
    console.print(removed("Deleted Volumes:", await pruneVolumes(openBench(call), all)));
    return 0;
  },
};
