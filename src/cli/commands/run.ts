import { closeSync, writeSync } from "node:fs";
import { PASSED_ON, runContainer, type SendSignal, type StartedContainer, startDetached } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Call, Command } from "../command.ts";
import { noTerminal, notSupported } from "../errors.ts";
import { LayerLines } from "../layer-lines.ts";
import { idFile } from "./id-file.ts";
import { RUN_FLAGS } from "./run-flags.ts";
import { runOptions } from "./run-options.ts";

/** `slipway run`. */
export const command: Command = {
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  flags: RUN_FLAGS,
  arguments: { min: 1, max: Number.POSITIVE_INFINITY },
  flagsFirst: true,
  errorPrefix: "slipway: Error response from daemon: ",
  errorCode: 125,
  async run(call) {
    const { flags, args, console } = call;
    const bench = openBench(call);
    const asked = runOptions(call, bench);
    const [image = "", ...command] = args;
    const tty = flags.bool("tty");
    if (tty && flags.bool("interactive") && !console.stdin.isTTY) throw noTerminal();
    if (flags.bool("detach") && !isDetached(console)) {
      if (tty) throw notSupported("-t with -d", "what runs in the background has no terminal");
      if (!console.command) throw notSupported("-d", "nothing here outlives the call");
      return detach(console.command, console);
    }
    const tellId = idFile(call);
    const { limits } = await bench.executor();
    if (limits.length > 0) console.error(noteLine(limits.join("; ")));
    const quiet = flags.bool("quiet");
    const lines = new LayerLines(quiet ? () => {} : (text) => console.error(text));
    const notes: string[] = [];
    const { signal, onStarted } = passSignals(call);
    try {
      return await runContainer(bench, {
        image,
        ...asked,
        ...(command.length > 0 ? { args: command } : {}),
        io: isDetached(console) ? { log: true } : { inherit: true, stdin: flags.bool("interactive") },
        ...(tty ? { terminal: console.terminal("stdout") ?? { rows: 24, columns: 80 } } : {}),
        signal,
        onAdvice: ({ message }) => {
          if (quiet) return;
          if (isDetached(console)) notes.push(noteLine(message));
          else console.error(noteLine(message));
        },
        onStarted: (started) => {
          onStarted(started);
          tellId(started.id);
          if (isDetached(console)) tellStarted(started.id, notes);
        },
        onProgress: (event) => lines.on(event),
      });
    } catch (error) {
      if (signal.aborted && !call.signal.aborted) return KILLED;
      throw error;
    }
  },
};

/** Exit code of a process that SIGKILL ended. */
const KILLED = 137;

/** Signals go to the process of the container. One that comes before it has begun, or the second that asks it to end, ends the call. */
function passSignals({ console, signal }: Call): { signal: AbortSignal; onStarted: (started: StartedContainer) => void } {
  const abort = new AbortController();
  let send: SendSignal | undefined;
  let asked = 0;
  console.takeSignals?.(PASSED_ON, (name) => {
    const ends = name === "SIGINT" || name === "SIGTERM";
    if (ends && (!send || ++asked > 1)) abort.abort();
    else send?.(name);
  });
  return {
    signal: AbortSignal.any([signal, abort.signal]),
    onStarted: (started) => {
      send = started.send;
    },
  };
}

/** The environment variable that tells a run that it was started in the background, by `run -d`. */
const BACKGROUND = "SLIPWAY_BACKGROUND";

function isDetached({ env }: Call["console"]): boolean {
  return env[BACKGROUND] === "1";
}

function noteLine(message: string): string {
  return `note: ${message}\n`;
}

/** Who waits on descriptor 3 for the container's process to begin goes on, and prints the ID and the notes. */
function tellStarted(id: string, notes: readonly string[]): void {
  writeSync(3, `${id}\n${notes.join("")}`);
  closeSync(3);
}

/** The same call again in the background: it keeps the ports open and what the process prints, and is there to be stopped. */
async function detach(words: readonly string[], console: Call["console"]): Promise<number> {
  const ended = await startDetached(words, { ...console.env, [BACKGROUND]: "1" });
  if ("told" in ended) {
    const end = ended.told.indexOf("\n") + 1;
    console.error(ended.told.slice(end));
    console.print(ended.told.slice(0, end));
    return 0;
  }
  console.error(ended.errors);
  return ended.code;
}
