import { closeSync, readFileSync, writeSync } from "node:fs";
import {
  PASSED_ON,
  type PullPolicy,
  type RunOptions,
  runContainer,
  type SendSignal,
  type StartedContainer,
  startDetached,
} from "../../api/index.ts";
import { formatPlatform, parsePlatform } from "../../oci/index.ts";
import { openBench } from "../bench.ts";
import type { Call, Command } from "../command.ts";
import { parsePairs } from "../csv.ts";
import { badOptionValue, fileFailed, noTerminal, notSupported } from "../errors.ts";
import { LayerLines } from "../layer-lines.ts";
import { addHosts, variables } from "./build-values.ts";
import { RUN_FLAGS, RUN_REFUSED } from "./run-flags.ts";

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
    for (const name of RUN_REFUSED) if (flags.has(name)) throw notSupported(`--${name}`, HINTS[name]);
    const bench = openBench(call);
    const platform = flags.text("platform");
    if (platform && formatPlatform(parsePlatform(platform)) !== formatPlatform(bench.platform)) {
      throw notSupported(`--platform ${platform}`, `this machine runs ${formatPlatform(bench.platform)}`);
    }
    const [image = "", ...command] = args;
    const tty = flags.bool("tty");
    if (tty && flags.bool("interactive") && !console.stdin.isTTY) throw noTerminal();
    if (flags.bool("detach") && !isDetached(console)) {
      if (tty) throw notSupported("-t with -d", "what runs in the background has no terminal");
      if (!console.command) throw notSupported("-d", "nothing here outlives the call");
      return detach(console.command, console);
    }
    const { limits } = await bench.executor();
    if (limits.length > 0) console.error(`note: ${limits.join("; ")}\n`);
    const lines = new LayerLines(flags.bool("quiet") ? () => {} : (text) => console.error(text));
    const { signal, onStarted } = passSignals(call);
    try {
      return await runContainer(bench, {
        image,
        ...optionsOf(call),
        ...(command.length > 0 ? { args: command } : {}),
        io: isDetached(console) ? { log: true } : { inherit: true, stdin: flags.bool("interactive") },
        ...(tty ? { terminal: console.terminal("stdout") ?? { rows: 24, columns: 80 } } : {}),
        signal,
        onStarted: (started) => {
          onStarted(started);
          if (isDetached(console)) tellStarted(started.id);
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

/** Who waits on descriptor 3 for the container's process to begin goes on. */
function tellStarted(id: string): void {
  writeSync(3, id);
  closeSync(3);
}

/** The same call again in the background: it keeps the ports open and what the process prints, and is there to be stopped. */
async function detach(words: readonly string[], console: Call["console"]): Promise<number> {
  const ended = await startDetached(words, { ...console.env, [BACKGROUND]: "1" });
  if ("told" in ended) {
    console.print(`${ended.told}\n`);
    return 0;
  }
  console.error(ended.errors);
  return ended.code;
}

const HINTS: Readonly<Record<string, string>> = {
  restart: "run waits for the process and does not start it again",
};

function optionsOf({ flags, console }: Call): Partial<RunOptions> {
  const entrypoint = flags.text("entrypoint");
  const user = flags.text("user");
  const workdir = flags.text("workdir");
  const hostname = flags.text("hostname");
  const name = flags.text("name");
  const shmSizeBytes = flags.number("shm-size");
  return {
    ...(entrypoint === undefined ? {} : { entrypoint: entrypoint === "" ? [] : [entrypoint] }),
    ...(user ? { user } : {}),
    ...(workdir ? { workdir } : {}),
    ...(hostname ? { hostname } : {}),
    ...(name ? { name } : {}),
    ...(shmSizeBytes ? { shmSizeBytes } : {}),
    remove: flags.bool("rm"),
    publish: flags.list("publish"),
    publishAll: flags.bool("publish-all"),
    addHosts: addHosts(flags.list("add-host")),
    ulimits: flags.list("ulimit"),
    capAdd: flags.list("cap-add"),
    capDrop: flags.list("cap-drop"),
    tmpfs: flags.list("tmpfs"),
    env: [...flags.list("env-file").flatMap((file) => envFile(file, console.env)), ...pairs(flags.list("env"), console.env)],
    volumes: [...flags.list("volume"), ...flags.list("mount").map(mountAsVolume)],
    network: networkOf(flags.text("network")),
    pull: pullOf(flags.text("pull")),
    readonlyRoot: flags.bool("read-only"),
    privileged: flags.bool("privileged"),
  };
}

function pairs(texts: readonly string[], env: Call["console"]["env"]): string[] {
  return [...variables(texts, env)].map(([name, value]) => `${name}=${value}`);
}

/** Lines `NAME=value` or `NAME`; empty ones and comments are left out. */
function envFile(path: string, env: Call["console"]["env"]): string[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw fileFailed(path, error as NodeJS.ErrnoException);
  }
  const lines = text.split("\n").map((line) => line.replace(/\r$/, "").trimStart());
  return pairs(
    lines.filter((line) => line !== "" && !line.startsWith("#")),
    env,
  );
}

/** docker's bridge would keep the host's own ports apart; here there is the host's network or none. */
function networkOf(text: string | undefined): "host" | "none" {
  if (text === "none") return "none";
  if (text === undefined || ["host", "bridge", "default"].includes(text)) return "host";
  throw notSupported(`--network ${text}`, "there are host and none");
}

function pullOf(text: string | undefined): PullPolicy {
  if (text === "always" || text === "missing" || text === "never" || text === "newer") return text;
  throw badOptionValue("--pull", text ?? "", "there are always, missing, never and newer");
}

function mountAsVolume(text: string): string {
  const fields = new Map(parsePairs(text) ?? []);
  const bare = (parsePairs(text) ?? []).flatMap(([key, value]) => (key === "" ? [value] : []));
  if ((fields.get("type") ?? "volume") !== "bind") throw notSupported(`--mount ${text}`, "type=bind is there");
  const source = fields.get("source") ?? fields.get("src");
  const target = fields.get("target") ?? fields.get("dst") ?? fields.get("destination");
  if (!source || !target) throw badOptionValue("--mount", text, "it needs source= and target=");
  const readonly =
    bare.some((word) => word === "readonly" || word === "ro") ||
    ["true", "1"].includes(fields.get("readonly") ?? fields.get("ro") ?? "");
  return `${source}:${target}${readonly ? ":ro" : ""}`;
}
