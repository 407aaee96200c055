/** Values of `build`'s flags, from text to what the api takes. Paths stay as they were written. */
import { type BuildOptions, hostPlatform, type PullPolicy } from "../../api/index.ts";
import { formatPlatform, type Platform, parsePlatform } from "../../oci/index.ts";
import { parsePairs } from "../csv.ts";
import { badOptionValue, notSupported, secretFileMissing } from "../errors.ts";
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

/** The platforms to build for, each once, from the flag or DOCKER_DEFAULT_PLATFORM; none is the machine's own. */
export function platforms(texts: readonly string[], env: Env): Platform[] {
  const fallback = env["DOCKER_DEFAULT_PLATFORM"];
  const names = (texts.length > 0 ? texts : fallback ? [fallback] : [])
    .flatMap((text) => text.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const wanted = names.map((name) => (name === "local" ? hostPlatform() : parsePlatform(name)));
  return [...new Map(wanted.map((platform) => [formatPlatform(platform), platform])).values()];
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
