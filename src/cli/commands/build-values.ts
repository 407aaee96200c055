/** Values of `build`'s flags, from text to what the api takes. Paths stay as they were written. */
import { createWriteStream } from "node:fs";
import type { Writable } from "node:stream";
import type { BuildOptions, Output, PullPolicy } from "../../api/index.ts";
import { type Platform, parsePlatform } from "../../oci/index.ts";
import { parsePairs } from "../csv.ts";
import { badOptionValue, multiPlatform, notSupported, secretFileMissing } from "../errors.ts";
import { isBool, isTrue } from "../flag.ts";

type Env = Readonly<Record<string, string | undefined>>;
type Loans = NonNullable<BuildOptions["loans"]>;

/** `K=V`, or `K` with its value from the environment; without one there the name is left out. */
export function variables(texts: readonly string[], env: Env): Map<string, string> {
  const found = new Map<string, string>();
  for (const text of texts) {
    const equals = text.indexOf("=");
    const value = equals < 0 ? env[text] : text.slice(equals + 1);
    if (value !== undefined) found.set(equals < 0 ? text : text.slice(0, equals), value);
  }
  return found;
}

/** `K=V`; without a value an empty one. */
export function labels(texts: readonly string[]): Map<string, string> {
  return new Map(texts.map((text) => [text.split("=", 1)[0] ?? "", text.includes("=") ? text.slice(text.indexOf("=") + 1) : ""]));
}

/** `[LEVEL:]K=V`. Only the manifest can have annotations here. */
export function annotations(texts: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const text of texts) {
    const equals = text.indexOf("=");
    if (equals < 1) throw badOptionValue("--annotation", text, "it must be KEY=VALUE");
    const key = text.slice(0, equals);
    const level = /^([a-z-]+(?:,[a-z-]+)*)(?:\[[^\]]*\])?:/.exec(key);
    for (const name of level?.[1]?.split(",") ?? []) {
      if (name !== "manifest") throw notSupported(`annotations of the ${name}`, "manifest is the level that there is");
    }
    found[key.slice(level?.[0].length ?? 0)] = text.slice(equals + 1);
  }
  return found;
}

/** `NAME=VALUE`, as `--build-context` takes it. */
export function contexts(texts: readonly string[]): Map<string, string> {
  return new Map(
    texts.map((text) => {
      const equals = text.indexOf("=");
      if (equals < 1) throw badOptionValue("--build-context", text, "it must be NAME=VALUE");
      return [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}

/** `true` of the bool form means always. */
export function pullPolicy(text: string | undefined): PullPolicy {
  if (text === undefined) return "missing";
  if (isBool(text)) return isTrue(text) ? "always" : "missing";
  if (text === "always" || text === "missing" || text === "never" || text === "newer") return text;
  throw badOptionValue("--pull", text, "there are always, missing, never and newer");
}

/** The one platform to build for, from the flag or DOCKER_DEFAULT_PLATFORM. */
export function platform(texts: readonly string[], env: Env): Platform | undefined {
  const fallback = env["DOCKER_DEFAULT_PLATFORM"];
  const names = (texts.length > 0 ? texts : fallback ? [fallback] : [])
    .flatMap((text) => text.split(","))
    .map((name) => name.trim());
  const wanted = [...new Set(names.filter((name) => name !== ""))];
  if (wanted.length > 1) throw multiPlatform();
  return wanted[0] === undefined || wanted[0] === "local" ? undefined : parsePlatform(wanted[0]);
}

/** `bridge` is what the classic builder called the default. */
export function network(text: string | undefined): "default" | "none" | "host" {
  if (text === "none" || text === "host") return text;
  if (text === undefined || text === "" || text === "default" || text === "bridge") return "default";
  throw badOptionValue("--network", text, "there are default, none and host");
}

/** `name:ip` or `name=ip`; `host-gateway` is this machine, since a RUN shares its network. */
export function addHosts(texts: readonly string[]): string[] {
  return texts.map((text) => {
    const at = /[:=]/.exec(text)?.index ?? -1;
    const name = text.slice(0, at);
    const address = text.slice(at + 1).replace(/^\[(.*)\]$/, "$1");
    if (at < 1 || address === "") throw badOptionValue("--add-host", text, "it must be HOST:IP");
    return `${name}:${address === "host-gateway" ? "127.0.0.1" : address}`;
  });
}

/** `--secret` and `--ssh`. */
export function loans(secrets: readonly string[], ssh: readonly string[], env: Env, exists: (path: string) => boolean): Loans {
  return {
    secrets: new Map(secrets.map((text) => secret(text, env, exists))),
    ssh: new Map(ssh.map((text) => sshSocket(text, env))),
  };
}

/** Without a type: the variable named ID if it is set, else the file named ID, as buildx has it. */
function secret(text: string, env: Env, exists: (path: string) => boolean): [string, { file: string } | { value: string }] {
  const pairs = parsePairs(text);
  const known = ["type", "id", "src", "source", "env"];
  if (!pairs || pairs.some(([key]) => !known.includes(key)))
    throw badOptionValue("--secret", text, "it must be id=ID[,src=FILE|,env=NAME]");
  const fields = new Map(pairs);
  const id = fields.get("id");
  if (!id) throw badOptionValue("--secret", text, "id is missing");
  const path = fields.get("src") ?? fields.get("source");
  const type = fields.get("type");
  const name =
    fields.get("env") ??
    (type === "env" ? (path ?? id) : path === undefined && type !== "file" && env[id] !== undefined ? id : undefined);
  if (name !== undefined) return [id, { value: env[name] ?? "" }];
  const file = path ?? id;
  if (!exists(file)) throw secretFileMissing(file);
  return [id, { file }];
}

function sshSocket(text: string, env: Env): [string, string] {
  const equals = text.indexOf("=");
  const id = equals < 0 ? text : text.slice(0, equals);
  const path = equals < 0 ? undefined : text.slice(equals + 1);
  if (path?.includes(",")) throw notSupported("--ssh with several keys", "load them into an ssh-agent and offer its socket");
  const socket = path ?? env["SSH_AUTH_SOCK"];
  if (!socket) throw badOptionValue("--ssh", text, "SSH_AUTH_SOCK is not set");
  return [id || "default", socket];
}

/** `-o`: what it writes, and whether the image is to be pushed as well. */
export function output(text: string, stdout: Writable, names: string[]): { readonly output: Output; readonly push: boolean } {
  const pairs = parsePairs(text);
  if (!pairs) throw badOptionValue("--output", text, "the quotes do not match");
  const bare = pairs.length === 1 && pairs[0]?.[0] === "" ? pairs[0][1] : undefined;
  const fields = new Map(
    bare === undefined
      ? pairs
      : [
          ["type", bare === "-" ? "tar" : "local"],
          ["dest", bare],
        ],
  );
  const type = fields.get("type");
  const dest = fields.get("dest");
  if (!type) throw badOptionValue("--output", text, "type is missing");
  names.push(
    ...(fields
      .get("name")
      ?.split(",")
      .filter((name) => name !== "") ?? []),
  );
  for (const key of fields.keys())
    if (REFUSED_OUTPUT.includes(key) && fields.get(key) !== "false") throw notSupported(`${key} of --output`);
  const push = type === "registry" || isTrue(fields.get("push") ?? "false");
  const file = dest === "-" || dest === undefined || dest === "" ? stdout : createWriteStreamLazily(dest);
  switch (type) {
    case "image":
    case "registry":
      return { output: { type: "image" }, push };
    case "docker":
      return { output: dest === undefined ? { type: "image" } : { type, dest: file }, push };
    case "oci":
      if (fields.get("tar") === "false")
        throw notSupported("type=oci with tar=false", "write the tar and unpack it: its files are the layout");
      return { output: { type, dest: file }, push };
    case "tar":
      return { output: { type, dest: file }, push };
    case "local":
      if (!dest) throw badOptionValue("--output", text, "dest is required for local");
      return { output: { type, dest }, push };
    case "cacheonly":
      return { output: { type }, push };
    default:
      throw badOptionValue("--output", text, "the types are local, tar, oci, docker, image, registry and cacheonly");
  }
}

/** Options of outputs that change the result and that slipway does not have. */
const REFUSED_OUTPUT = [
  "compression",
  "compression-level",
  "push-by-digest",
  "platform-split",
  "force-compression",
  "rewrite-timestamp",
  "mode",
  "context",
];

/** A path stays a path: it is opened when there is something to write. */
function createWriteStreamLazily(dest: string): string | Writable {
  return dest.startsWith("/dev/") ? createWriteStream(dest) : dest;
}
