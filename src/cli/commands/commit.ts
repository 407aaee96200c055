import { commitContainer } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";

/** `slipway commit`. */
export const command: Command = {
  usage: "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
  flags: [
    { name: "author", short: "a", kind: "text", help: 'Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")' },
    { name: "change", short: "c", kind: "list", value: "list", help: "Apply Dockerfile instruction to the created image" },
    { name: "message", short: "m", kind: "text", help: "Commit message" },
    { name: "pause", short: "p", kind: "bool", default: "true", help: "Pause container during commit; without effect" },
  ],
  arguments: { min: 1, max: 2 },
  errorPrefix: "Error response from daemon: ",
  async run(call) {
    const { flags, args, console } = call;
    const [container = "", name] = args;
    const author = flags.text("author");
    const message = flags.text("message");
    const id = await commitContainer(openBench(call), container, {
      ...(name ? { name } : {}),
      ...(author ? { author } : {}),
      ...(message ? { message } : {}),
      changes: flags.list("change"),
    });
    console.print(`${id}\n`);
    return 0;
  },
};
