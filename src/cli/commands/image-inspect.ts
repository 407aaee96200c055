import {
  type ContainerDetails,
  findContainer,
  type ImageDetails,
  inspectContainer,
  inspectImage,
  type Workbench,
} from "../../api/index.ts";
import { SlipwayError } from "../../core/index.ts";
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
    return inspectAll(call, "Error response from daemon: ", ["image"]);
  },
};

/** Prints all that was found, then tells with the exit code whether something was missing. A name is first one of the first type. */
export async function inspectAll(call: Call, prefix: string, types: readonly ("container" | "image")[]): Promise<number> {
  const bench = openBench(call);
  const found: (ImageDetails | ContainerDetails)[] = [];
  const errors: string[] = [];
  const console = { ...call.console, error: (text: string) => void errors.push(text) };
  const code = await forEachName({ ...call, console }, prefix, (name) => {
    const isContainer = types[0] === "container" && (types.length === 1 || hasContainer(bench, name));
    found.push(isContainer ? inspectContainer(bench, name) : inspectImage(bench, name));
  });
  const format = call.flags.text("format") ?? "";
  if (found.length > 0 || format === "" || format === "json") call.console.print(renderInspect(found, format));
  for (const error of errors) call.console.error(error);
  return code;
}

function hasContainer(bench: Workbench, name: string): boolean {
  try {
    findContainer(bench, name);
    return true;
  } catch (error) {
    if (error instanceof SlipwayError) return false;
    throw error;
  }
}
