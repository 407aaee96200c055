import { copyFromContainer } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { copyNeedsContainer, notSupported, terminalRefused } from "../errors.ts";

/** `slipway cp`. */
export const command: Command = {
  usage: "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-",
  flags: [
    { name: "archive", short: "a", kind: "bool", help: "Archive mode (copy all uid/gid information)" },
    { name: "follow-link", short: "L", kind: "bool", help: "Always follow symbol link in SRC_PATH" },
    { name: "quiet", short: "q", kind: "bool", help: "Suppress progress output during copy" },
  ],
  arguments: { min: 2, max: 2 },
  async run(call) {
    const { flags, args, console } = call;
    const [from = "", dest = ""] = args;
    const source = inContainer(from);
    if (inContainer(dest)) {
      if (source) throw notSupported("copying between containers");
      throw notSupported("copying into a container", "show it a folder of the host with: slipway run -v FOLDER:PLACE");
    }
    if (!source) throw copyNeedsContainer();
    if (dest === "-" && console.terminal("stdout")) throw terminalRefused();
    await copyFromContainer(openBench(call), source.container, {
      source: source.path,
      dest: dest === "-" ? console.stdout : dest,
      followLink: flags.bool("follow-link"),
      keepOwner: flags.bool("archive"),
    });
    return 0;
  },
};

/** `CONTAINER:PATH`; what begins as a path of the host has no container, whatever follows. */
function inContainer(text: string): { readonly container: string; readonly path: string } | undefined {
  if (/^[./]/.test(text)) return undefined;
  const colon = text.indexOf(":");
  return colon < 1 ? undefined : { container: text.slice(0, colon), path: text.slice(colon + 1) };
}
