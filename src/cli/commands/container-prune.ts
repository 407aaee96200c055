import { pruneContainers } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { parseFilters, parseTime } from "../filters.ts";
import { confirmed } from "../prompt.ts";
import { removed } from "./prune-values.ts";

/** `slipway container prune`. */
export const command: Command = {
  usage: "[OPTIONS]",
  flags: [
    { name: "filter", kind: "list", value: "filter", help: 'Provide filter values (e.g. "until=<timestamp>")' },
    { name: "force", short: "f", kind: "bool", help: "Do not prompt for confirmation" },
  ],
  arguments: { min: 0, max: 0 },
  async run(call) {
    const { flags, console } = call;
    const until = parseFilters(flags.list("filter"), ["until"]).get("until") ?? [];
    const before = Math.min(...until.map((text) => parseTime(text, Date.now())));
    if (!flags.bool("force") && !(await confirmed(call, "This will remove all stopped containers."))) return 0;
    console.print(removed("Deleted Containers:", await pruneContainers(openBench(call), before)));
    return 0;
  },
};
