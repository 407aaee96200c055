import { pullImage } from "../../api/index.ts";
import { canonicalName, parsePlatform, parseReference, withDefaultTag } from "../../oci/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { notSupported } from "../errors.ts";
import { LayerLines } from "../layer-lines.ts";

/** `slipway pull`. */
export const command: Command = {
  usage: "[OPTIONS] NAME[:TAG|@DIGEST]",
  flags: [
    { name: "all-tags", short: "a", kind: "bool", help: "Download all tagged images in the repository", hidden: true },
    { name: "disable-content-trust", kind: "bool", help: "Without effect", hidden: true },
    { name: "platform", kind: "text", help: "Set platform if server is multi-platform capable" },
    { name: "quiet", short: "q", kind: "bool", help: "Suppress verbose output" },
  ],
  arguments: { min: 1, max: 1 },
  async run(call) {
    const { flags, args, console, signal } = call;
    if (flags.bool("all-tags")) throw notSupported("--all-tags", "pull the tags one by one");
    const name = args[0] ?? "";
    const reference = parseReference(name);
    const tagged = withDefaultTag(reference);
    const quiet = flags.bool("quiet");
    const wanted = flags.text("platform") ?? console.env["DOCKER_DEFAULT_PLATFORM"];
    if (!quiet) {
      if (!reference.tag && !reference.digest) console.print("Using default tag: latest\n");
      console.print(`${reference.digest ?? tagged.tag}: Pulling from ${reference.path}\n`);
    }
    const lines = new LayerLines(quiet ? () => {} : (text) => console.print(text));
    const result = await pullImage(openBench(call), name, {
      ...(wanted ? { platform: parsePlatform(wanted) } : {}),
      signal,
      onProgress: (event) => lines.on(event),
    });
    if (!quiet) {
      const status = result.upToDate ? "Image is up to date" : "Downloaded newer image";
      console.print(`Digest: ${result.digest}\nStatus: ${status} for ${result.name}\n`);
    }
    console.print(`${canonicalName(tagged)}\n`);
    return 0;
  },
};
