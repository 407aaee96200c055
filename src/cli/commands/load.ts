import { loadImages } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { notSupported, stdinEmpty } from "../errors.ts";

/** `slipway load`. */
export const command: Command = {
  usage: "[OPTIONS]",
  flags: [
    { name: "input", short: "i", kind: "text", help: "Read from tar archive file, instead of STDIN" },
    { name: "platform", kind: "text", help: "Load only the given platform variant", hidden: true },
    { name: "quiet", short: "q", kind: "bool", help: "Suppress the load output" },
  ],
  arguments: { min: 0, max: 0 },
  errorPrefix: "",
  async run(call) {
    const { flags, console, signal } = call;
    if (flags.has("platform")) throw notSupported("--platform of load");
    const file = flags.text("input");
    if (!file && console.stdin.isTTY) throw stdinEmpty();
    const bench = openBench(call);
    for (const { descriptor, names } of await loadImages(bench, file || console.stdin, signal)) {
      for (const name of names) console.print(`Loaded image: ${name}\n`);
      if (names.length === 0) console.print(`Loaded image ID: ${bench.store.images.idOf(descriptor) ?? descriptor.digest}\n`);
    }
    return 0;
  },
};
