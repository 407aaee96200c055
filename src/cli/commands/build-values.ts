/** Values of `build`'s flags, from text to what the api takes. Paths stay as they were written. */
import { isIP } from "node:net";
import { type BuildOptions, type Entitlement, hostPlatform, type PullPolicy, type ResourceLimits } from "../../api/index.ts";
import { parseByteSize } from "../../core/index.ts";
import { formatPlatform, type Platform, parsePlatform } from "../../oci/index.ts";
import { parsePairs } from "../csv.ts";
import { badOptionValue, secretFileMissing, unknownEntitlement } from "../errors.ts";
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

/** The values of the flags that limit a RUN, as they were given. */
export interface LimitTexts {
  readonly memory: number | undefined;
  readonly memorySwap: string | undefined;
  readonly cpus: string | undefined;
  readonly cpuPeriod: number | undefined;
  readonly cpuQuota: number | undefined;
  readonly cpuShares: number | undefined;
  readonly cpusetCpus: string | undefined;
  readonly cpusetMems: string | undefined;
  readonly cgroupParent: string | undefined;
}

/** Limits of each RUN; undefined if there are none. Docker's names are kept, and `--cpus` of its run command. */
export function limits(texts: LimitTexts): ResourceLimits | undefined {
  const { memory, memorySwap, cpus, cpuPeriod, cpuQuota, cpuShares, cpusetCpus, cpusetMems, cgroupParent } = texts;
  const swap = memorySwap === undefined ? undefined : memorySwap === "-1" ? -1 : parseByteSize(memorySwap, "binary");
  if (typeof swap === "object") throw badOptionValue("--memory-swap", memorySwap ?? "", swap.error);
  if (swap !== undefined && swap >= 0 && swap < (memory ?? Number.POSITIVE_INFINITY))
    throw badOptionValue(
      "--memory-swap",
      memorySwap ?? "",
      "it is the limit of memory and swap together, so --memory is given and not more",
    );
  if (cpus !== undefined && (!/^\d*\.?\d+$/.test(cpus) || Number(cpus) === 0))
    throw badOptionValue("--cpus", cpus, "it must be a number of processors, such as 1.5");
  if (cpus !== undefined && (cpuQuota !== undefined || cpuPeriod !== undefined))
    throw badOptionValue("--cpus", cpus, "it stands for --cpu-quota and --cpu-period");
  const quota = cpus === undefined ? cpuQuota : Math.round(Number(cpus) * 100_000);
  const found = {
    memoryBytes: memory,
    memoryAndSwapBytes: swap,
    cpuQuotaUs: quota,
    cpuPeriodUs: cpuPeriod,
    cpuShares,
    cpusetCpus,
    cpusetMems,
    cgroupParent,
  };
  const given = Object.entries(found).filter(([, value]) => value !== undefined && value !== 0 && value !== "");
  return given.length > 0 ? (Object.fromEntries(given) as ResourceLimits) : undefined;
}

/** `[STAGE:]LINE`, as `--no-cache-from` takes it. */
export function noCacheFrom(texts: readonly string[]): { stage?: string; line: number }[] {
  return texts.map((text) => {
    const [, stage, line = ""] = /^(?:(.+):)?(\d+)$/.exec(text) ?? [];
    if (!(Number(line) > 0)) throw badOptionValue("--no-cache-from", text, "it must be LINE or STAGE:LINE");
    return { line: Number(line), ...(stage ? { stage } : {}) };
  });
}

/** `--allow`. */
export function entitlements(texts: readonly string[]): Entitlement[] {
  return texts
    .flatMap((text) => text.split(","))
    .map((text) => {
      if (text === "network.host" || text === "security.insecure") return text;
      throw unknownEntitlement(text);
    });
}

/** `name:ip` or `name=ip`; `host-gateway` is this machine, since a RUN shares its network. */
export function addHosts(texts: readonly string[]): string[] {
  return texts.map((text) => {
    const at = /[:=]/.exec(text)?.index ?? -1;
    const name = text.slice(0, at);
    const address = text.slice(at + 1).replace(/^\[(.*)\]$/, "$1");
    const isGateway = address === "host-gateway";
    if (at < 1 || !(isGateway || isIP(address))) throw badOptionValue("--add-host", text, "it must be HOST:IP");
    return `${name}:${isGateway ? "127.0.0.1" : address}`;
  });
}

/** `--secret` and `--ssh`. */
export function loans(secrets: readonly string[], ssh: readonly string[], env: Env, exists: (path: string) => boolean): Loans {
  return {
    secrets: new Map(secrets.map((text) => secret(text, env, exists))),
    ssh: new Map(ssh.map((text) => sshPlace(text, env))),
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

/** `ID[=SOCKET]` or `ID=KEY[,KEY]`. */
function sshPlace(text: string, env: Env): [string, string | string[]] {
  const equals = text.indexOf("=");
  const id = (equals < 0 ? text : text.slice(0, equals)) || "default";
  if (equals >= 0) return [id, text.slice(equals + 1).split(",")];
  const socket = env["SSH_AUTH_SOCK"];
  if (!socket) throw badOptionValue("--ssh", text, "SSH_AUTH_SOCK is not set");
  return [id, socket];
}
