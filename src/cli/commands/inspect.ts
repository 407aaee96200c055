import type { Command } from "../command.ts";
import { badOptionValue } from "../errors.ts";
import { inspectAll } from "./image-inspect.ts";

/** `slipway inspect`. */
export const command: Command = {
  usage: "[OPTIONS] NAME|ID [NAME|ID...]",
  flags: [
    { name: "format", short: "f", kind: "text", help: "Format output using a custom template: 'json' or a Go template" },
    { name: "size", short: "s", kind: "bool", help: "Display total file sizes if the type is container" },
    { name: "type", kind: "text", help: "Only inspect objects of the given type" },
  ],
  arguments: { min: 1, max: Number.POSITIVE_INFINITY },
  errorPrefix: "Error: ",
  async run(call) {
    const type = call.flags.text("type") ?? "";
    if (!["", "image", "container"].includes(type)) throw badOptionValue("--type", type, "there are container and image");
    return inspectAll(call, "Error: ", type === "" ? ["container", "image"] : [type as "container" | "image"]);
  },
};
