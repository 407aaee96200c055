import { pushImage } from "../../api/index.ts";
import { parseReference, repositoryName, withDefaultTag } from "../../oci/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { notSupported } from "../errors.ts";
import { LayerLines } from "../layer-lines.ts";

/** `slipway push`. */
export const command: Command = {
  usage: "[OPTIONS] NAME[:TAG]",
  flags: [
    { name: "all-tags", short: "a", kind: "bool", help: "Push all tags of an image to the repository", hidden: true },
    { name: "disable-content-trust", kind: "bool", help: "Without effect", hidden: true },
    { name: "platform", kind: "text", help: "Push a platform-specific manifest", hidden: true },
    { name: "quiet", short: "q", kind: "bool", help: "Suppress verbose output" },
  ],
  arguments: { min: 1, max: 1 },
  errorPrefix: "",
  async run(call) {
    const { flags, args, console, signal } = call;
    if (flags.bool("all-tags")) throw notSupported("--all-tags", "push the tags one by one");
    if (flags.has("platform")) throw notSupported("--platform of push");
    const name = args[0] ?? "";
    const reference = parseReference(name);
    const quiet = flags.bool("quiet");
    if (!quiet) {
      if (!reference.tag) console.print("Using default tag: latest\n");
      console.print(`The push refers to repository [${repositoryName(reference)}]\n`);
    }
    const lines = new LayerLines(quiet ? () => {} : (text) => console.print(text));
    const result = await pushImage(openBench(call), name, { signal, onProgress: (event) => lines.on(event) });
    const tag = withDefaultTag(reference).tag ?? "latest";
    console.print(quiet ? `${repositoryName(reference)}:${tag}\n` : `${tag}: digest: ${result.digest} size: ${result.size}\n`);
    return 0;
  },
};
