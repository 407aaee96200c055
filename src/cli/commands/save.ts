import { saveImages } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { notSupported, terminalRefused } from "../errors.ts";

/** `slipway save`. */
export const command: Command = {
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  flags: [
    { name: "output", short: "o", kind: "text", help: "Write to a file, instead of STDOUT" },
    { name: "platform", kind: "text", help: "Save only the given platform variant", hidden: true },
  ],
  arguments: { min: 1, max: Number.POSITIVE_INFINITY },
  async run(call) {
    const { flags, console, args } = call;
    if (flags.has("platform")) throw notSupported("--platform of save");
    const file = flags.text("output");
    if (!file && console.terminal("stdout")) throw terminalRefused();
    await saveImages(openBench(call), args, file || console.stdout);
    return 0;
  },
};
