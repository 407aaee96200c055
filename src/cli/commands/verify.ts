import { existsSync } from "node:fs";
import { verifyImage } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { openProgress, progressMode } from "../progress.ts";
import { Trace } from "../progress-trace.ts";
import { failedSteps } from "../report.ts";
import { loans } from "./build-values.ts";

type Difference = NonNullable<Awaited<ReturnType<typeof verifyImage>>["difference"]>;

/** `slipway verify`. */
export const command: Command = {
  usage: "[OPTIONS] IMAGE",
  flags: [
    { name: "format", kind: "text", help: "'json' prints the result as data" },
    { name: "progress", kind: "text", help: 'Set type of progress output ("auto", "none", "plain", "quiet", "rawjson", "tty")' },
    { name: "quiet", short: "q", kind: "bool", help: "Suppress the output of the build" },
    { name: "secret", kind: "list", help: 'Secret to expose to the build (format: "id=mysecret[,src=/local/secret]")' },
    { name: "ssh", kind: "list", help: "SSH agent socket or keys to expose to the build" },
  ],
  arguments: { min: 1, max: 1 },
  errorPrefix: "",
  async run(call) {
    const { args, console, flags, signal } = call;
    const [image = ""] = args;
    const trace = new Trace();
    const mode = progressMode(flags.bool("quiet") ? "quiet" : flags.text("progress"), false, console);
    const display = openProgress(mode, trace, console);
    try {
      const result = await verifyImage(openBench(call), image, {
        loans: loans(flags.list("secret"), flags.list("ssh"), console.env, existsSync),
        signal,
        onProgress: (event) => display.on(event),
      });
      display.end();
      if (flags.text("format") === "json") console.print(`${JSON.stringify(result, null, 4)}\n`);
      else if (result.image === result.again) console.print(`identical: ${result.image}\n`);
      else console.print(`${told(result.difference)}\n  it is       ${result.image}\n  made again  ${result.again}\n`);
      return result.image === result.again ? 0 : 1;
    } catch (error) {
      display.end();
      if (!signal.aborted) console.error(failedSteps(trace));
      throw error;
    }
  },
};

function told(difference: Difference | undefined): string {
  if (!difference) return "differs: in how it is described, not in what it holds";
  if (difference.kind === "layers") return `differs: ${difference.before} layers, made again ${difference.after}`;
  if (difference.kind === "image") {
    return `differs: ${difference.name} is another image: ${change(difference.before, difference.after)}`;
  }
  if (difference.kind === "config") return `differs: ${difference.member} ${change(difference.before, difference.after)}`;
  const place = `layer ${difference.layer} (${difference.createdBy.replace(/\s+/g, " ").slice(0, 60)})`;
  const { file } = difference;
  if (!file) return `differs: ${place}`;
  const what = `${place}: /${file.path}: ${file.attribute} ${change(file.before, file.after)}`;
  return file.attribute === "time" ? `differs in times of files alone: ${what}` : `differs: ${what}`;
}

function change(before: string | undefined, after: string | undefined): string {
  const say = (value: string | undefined): string => (value === undefined ? "not there" : value === "" ? "none" : value);
  return `${say(before)}, made again ${say(after)}`;
}
