import { replaceProcess } from "../../api/index.ts";
import type { Command } from "../command.ts";

/** `slipway unshare`: for what only root of the store's user namespace may do, such as deleting the store. */
export const command: Command = {
  usage: "[COMMAND] [ARG...]",
  flags: [],
  arguments: { min: 0, max: Number.POSITIVE_INFINITY },
  flagsFirst: true,
  async run({ args, console }) {
    const words = args.length > 0 ? args : [console.env["SHELL"] || "sh"];
    const env = Object.entries(console.env).flatMap(([name, value]) => (value === undefined ? [] : `${name}=${value}`));
    // env(1) looks the program up and says what is wrong with it.
    return replaceProcess("/usr/bin/env", ["env", "--", ...words], env);
  },
};
