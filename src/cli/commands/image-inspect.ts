import { type ImageDetails, inspectImage } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Call, Command } from "../command.ts";
import { forEachName } from "../each.ts";
import { notSupported } from "../errors.ts";
import { renderInspect } from "../inspect-format.ts";

const FORMAT_HELP = "Format output using a custom template: 'json' or a Go template";

/** `slipway image inspect`. */
export const command: Command = {
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  flags: [
    { name: "format", short: "f", kind: "text", help: FORMAT_HELP },
    { name: "platform", kind: "text", help: "Inspect a specific platform of the multi-platform image", hidden: true },
  ],
  arguments: { min: 1, max: Number.POSITIVE_INFINITY },
  async run(call) {
    if (call.flags.has("platform")) throw notSupported("--platform of inspect");
    return inspectAll(call, "Error response from daemon: ");
  },
};

/** Prints all that was found, then tells with the exit code whether something was missing. */
export async function inspectAll(call: Call, prefix: string): Promise<number> {
  const bench = openBench(call);
  const found: ImageDetails[] = [];
  const errors: string[] = [];
  const console = { ...call.console, error: (text: string) => void errors.push(text) };
  const code = await forEachName({ ...call, console }, prefix, (name) => {
    found.push(inspectImage(bench, name));
  });
  const format = call.flags.text("format") ?? "";
  if (found.length > 0 || format === "" || format === "json") call.console.print(renderInspect(found, format));
  for (const error of errors) call.console.error(error);
  return code;
}
