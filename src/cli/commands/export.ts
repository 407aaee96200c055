import { exportContainer } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { terminalRefused } from "../errors.ts";

/** `slipway export`. */
export const command: Command = {
  usage: "[OPTIONS] CONTAINER",
  flags: [{ name: "output", short: "o", kind: "text", help: "Write to a file, instead of STDOUT" }],
  arguments: { min: 1, max: 1 },
  async run(call) {
    const { flags, console, args } = call;
    const file = flags.text("output");
    if (!file && console.terminal("stdout")) throw terminalRefused();
    await exportContainer(openBench(call), args[0] ?? "", file || console.stdout);
    return 0;
  },
};
