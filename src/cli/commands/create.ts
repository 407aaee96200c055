import { createContainer } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { LayerLines } from "../layer-lines.ts";
import { idFile } from "./id-file.ts";
import { RUN_FLAGS } from "./run-flags.ts";
import { runOptions } from "./run-options.ts";

/** Flags of `run` that are about its process alone. */
const OF_PROCESSES = ["detach", "sig-proxy", "detach-keys"];

/** `slipway create`. */
export const command: Command = {
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  flags: RUN_FLAGS.filter(({ name }) => !OF_PROCESSES.includes(name)),
  arguments: { min: 1, max: Number.POSITIVE_INFINITY },
  flagsFirst: true,
  async run(call) {
    const { flags, args, console, signal } = call;
    const bench = openBench(call);
    const [image = "", ...words] = args;
    const tellId = idFile(call);
    const lines = new LayerLines(flags.bool("quiet") ? () => {} : (text) => console.error(text));
    const id = await createContainer(bench, {
      image,
      ...runOptions(call, bench),
      ...(words.length > 0 ? { args: words } : {}),
      signal,
      onProgress: (event) => lines.on(event),
    });
    tellId(id);
    console.print(`${id}\n`);
    return 0;
  },
};
