import { containerChanges } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";

const LETTERS = { added: "A", changed: "C", deleted: "D" } as const;

/** `slipway diff`. */
export const command: Command = {
  usage: "CONTAINER",
  flags: [],
  arguments: { min: 1, max: 1 },
  async run(call) {
    const changes = containerChanges(openBench(call), call.args[0] ?? "");
    call.console.print(changes.map(({ kind, path }) => `${LETTERS[kind]} ${path}\n`).join(""));
    return 0;
  },
};
