import { importImage } from "../../api/index.ts";
import { parsePlatform } from "../../oci/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { notSupported } from "../errors.ts";

/** `slipway import`. */
export const command: Command = {
  usage: "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
  flags: [
    { name: "change", short: "c", kind: "list", value: "list", help: "Apply Dockerfile instruction to the created image" },
    { name: "message", short: "m", kind: "text", help: "Set commit message for imported image" },
    { name: "platform", kind: "text", help: "Set platform if server is multi-platform capable" },
  ],
  arguments: { min: 1, max: 2 },
  async run(call) {
    const { flags, args, console, signal } = call;
    const [source = "-", name] = args;
    if (/^https?:\/\//.test(source)) throw notSupported("import from a URL", "fetch it and pipe it in: slipway import -");
    const message = flags.text("message");
    const platform = flags.text("platform");
    const id = await importImage(openBench(call), source === "-" ? console.stdin : source, {
      ...(name ? { name } : {}),
      ...(message ? { message } : {}),
      ...(platform ? { platform: parsePlatform(platform) } : {}),
      changes: flags.list("change"),
      signal,
    });
    console.print(`${id}\n`);
    return 0;
  },
};
