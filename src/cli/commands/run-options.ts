/** The flags of `run` and `create` as options of the library. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { PullPolicy, RunOptions, Workbench } from "../../api/index.ts";
import { formatPlatform, parsePlatform } from "../../oci/index.ts";
import type { Call } from "../command.ts";
import { parsePairs } from "../csv.ts";
import { badOptionValue, fileFailed, mountSourceMissing, notSupported } from "../errors.ts";
import { addHosts, variables } from "./build-values.ts";
import { RUN_REFUSED } from "./run-flags.ts";

const HINTS: Readonly<Record<string, string>> = {
  restart: "run waits for the process and does not start it again",
};

/** What the flags ask for. Throws NOT_SUPPORTED for those that would change what happens and cannot. */
export function runOptions({ flags, console }: Call, bench: Workbench): Partial<RunOptions> {
  for (const name of RUN_REFUSED) if (flags.has(name)) throw notSupported(`--${name}`, HINTS[name]);
  const platform = flags.text("platform");
  if (platform && formatPlatform(parsePlatform(platform)) !== formatPlatform(bench.platform)) {
    throw notSupported(`--platform ${platform}`, `this machine runs ${formatPlatform(bench.platform)}`);
  }
  const entrypoint = flags.text("entrypoint");
  const user = flags.text("user");
  const workdir = flags.text("workdir");
  const hostname = flags.text("hostname");
  const name = flags.text("name");
  const mounts = flags.list("mount").map(mountOf);
  const stopSignal = flags.text("stop-signal");
  const shmSizeBytes = flags.number("shm-size");
  return {
    ...(entrypoint === undefined ? {} : { entrypoint: entrypoint === "" ? [] : [entrypoint] }),
    ...(user ? { user } : {}),
    ...(workdir ? { workdir } : {}),
    ...(hostname ? { hostname } : {}),
    ...(name ? { name } : {}),
    ...(shmSizeBytes ? { shmSizeBytes } : {}),
    ...(stopSignal ? { stopSignal } : {}),
    labels: [...flags.list("label-file").flatMap((file) => envFile(file, {})), ...flags.list("label")],
    remove: flags.bool("rm"),
    publish: flags.list("publish"),
    publishAll: flags.bool("publish-all"),
    addHosts: addHosts(flags.list("add-host")),
    ulimits: flags.list("ulimit"),
    capAdd: flags.list("cap-add"),
    capDrop: flags.list("cap-drop"),
    tmpfs: [...flags.list("tmpfs"), ...mounts.flatMap((mount) => ("tmpfs" in mount ? [mount.tmpfs] : []))],
    env: [...flags.list("env-file").flatMap((file) => envFile(file, console.env)), ...pairs(flags.list("env"), console.env)],
    volumes: [...flags.list("volume"), ...mounts.flatMap((mount) => ("volume" in mount ? [mount.volume] : []))],
    ...networkOf(flags.text("network")),
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
function networkOf(text: string | undefined): Pick<RunOptions, "network"> {
  if (text === "none" || text === "host") return { network: text };
  if (text === undefined || text === "bridge" || text === "default") return {};
  throw notSupported(`--network ${text}`, "there are host and none");
}

function pullOf(text: string | undefined): PullPolicy {
  if (text === "always" || text === "missing" || text === "never" || text === "newer") return text;
  throw badOptionValue("--pull", text ?? "", "there are always, missing, never and newer");
}

/** A `--mount` as `-v` or `--tmpfs` would have it. */
function mountOf(text: string): { readonly volume: string } | { readonly tmpfs: string } {
  const all = parsePairs(text) ?? [];
  const fields = new Map(all);
  const bare = all.flatMap(([key, value]) => (key === "" ? [value] : []));
  const type = fields.get("type") ?? "volume";
  const source = fields.get("source") ?? fields.get("src");
  const target = fields.get("target") ?? fields.get("dst") ?? fields.get("destination");
  if (!target) throw badOptionValue("--mount", text, "it needs target=");
  const size = fields.get("tmpfs-size");
  if (type === "tmpfs") return { tmpfs: size ? `${target}:size=${size}` : target };
  if (type !== "bind" && type !== "volume") throw notSupported(`--mount type=${type}`, "there are bind, volume and tmpfs");
  if (type === "bind" && !source) throw badOptionValue("--mount", text, "it needs source=");
  if (type === "bind" && source && !existsSync(source)) throw mountSourceMissing(source);
  if (!source) return { volume: target };
  const readonly =
    bare.some((word) => word === "readonly" || word === "ro") ||
    ["true", "1"].includes(fields.get("readonly") ?? fields.get("ro") ?? "");
  const place = type === "bind" ? resolve(source) : source;
  return { volume: `${place}:${target}${readonly ? ":ro" : ""}` };
}
