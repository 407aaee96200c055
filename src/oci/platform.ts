/** Platforms: `os[/architecture[/variant]]`, read, written and matched as containerd does. */
import { badPlatform } from "./errors.ts";

/** A platform as the OCI image-spec names it, after Go's GOOS and GOARCH. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly "os.version"?: string;
  readonly "os.features"?: readonly string[];
}

const SYSTEMS = [
  "aix",
  "android",
  "darwin",
  "dragonfly",
  "freebsd",
  "hurd",
  "illumos",
  "ios",
  "js",
  "linux",
  "nacl",
  "netbsd",
  "openbsd",
  "plan9",
  "solaris",
  "wasip1",
  "windows",
  "zos",
];
const PROCESSORS = [
  "386",
  "amd64",
  "amd64p32",
  "arm",
  "armbe",
  "arm64",
  "arm64be",
  "ppc64",
  "ppc64le",
  "loong64",
  "mips",
  "mipsle",
  "mips64",
  "mips64le",
  "mips64p32",
  "mips64p32le",
  "ppc",
  "riscv",
  "riscv64",
  "s390",
  "s390x",
  "sparc",
  "sparc64",
  "wasm",
];
const PART = /^[A-Za-z0-9_.-]+$/;
const OS_PART = /^([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.%-]*)((?:\+[A-Za-z0-9_.%-]+)*)\))?$/;

/** Reads a platform; what is left out is taken from `host`. Throws PLATFORM_INVALID. */
export function parsePlatform(text: string, host: Platform = { os: "linux", architecture: "amd64" }): Platform {
  if (text.includes("*")) throw badPlatform(text, "wildcards are not supported");
  const parts = text.split("/");
  const [first = "", second, third, ...more] = parts;
  const system = OS_PART.exec(first);
  if (!system || more.length > 0 || parts.slice(1).some((part) => !PART.test(part))) {
    throw badPlatform(text, more.length > 0 ? "cannot parse platform specifier: invalid argument" : "invalid component");
  }
  const details = detailsOf(text, system[2] ?? "", system[3] ?? "");
  const os = normalOs(system[1] as string);
  if (second === undefined) return alone(text, os, host, details);
  const { architecture, variant } = normalArchitecture(second, third ?? "");
  return { os, architecture, ...(third === undefined ? shortVariant(architecture, variant) : kept(variant)), ...details };
}

/** What stands in the brackets of `windows(10.0.17763+win32k)`. */
function detailsOf(text: string, version: string, features: string): Pick<Platform, "os.version" | "os.features"> {
  try {
    const list = features.split("+").slice(1).map(decodeURIComponent);
    return {
      ...(version ? { "os.version": decodeURIComponent(version) } : {}),
      ...(list.length > 0 ? { "os.features": list } : {}),
    };
  } catch {
    throw badPlatform(text, "invalid component");
  }
}

function kept(variant: string): { variant?: string } {
  return variant ? { variant } : {};
}

/** `armhf` is `arm`, whose v7 goes without saying. */
function shortVariant(architecture: string, variant: string): { variant?: string } {
  return kept(architecture === "arm" && variant === "v7" ? "" : variant);
}

function alone(text: string, os: string, host: Platform, details: object): Platform {
  if (SYSTEMS.includes(os)) {
    const variant = os === host.os && host.architecture === "arm" && host.variant !== "v7" ? host.variant : undefined;
    return { os, architecture: host.architecture, ...kept(variant ?? ""), ...details };
  }
  const { architecture, variant } = normalArchitecture(text, "");
  if (!PROCESSORS.includes(architecture)) throw badPlatform(text, "unknown operating system or architecture");
  return { os: host.os, architecture, ...shortVariant(architecture, variant) };
}

function defaultVariant(architecture: string, variant: string): string {
  return architecture === "arm" && variant === "" ? "v7" : variant;
}

function normalOs(os: string): string {
  const lower = os.toLowerCase();
  return lower === "macos" ? "darwin" : lower;
}

function normalArchitecture(architecture: string, variant: string): { architecture: string; variant: string } {
  const name = architecture.toLowerCase();
  const kind = variant.toLowerCase();
  switch (name) {
    case "i386":
      return { architecture: "386", variant: "" };
    case "x86_64":
    case "x86-64":
    case "amd64":
      return { architecture: "amd64", variant: kind === "v1" ? "" : kind };
    case "aarch64":
    case "arm64":
      return { architecture: "arm64", variant: kind === "8" || kind === "v8" ? "v8" : kind };
    case "armhf":
      return { architecture: "arm", variant: "v7" };
    case "armel":
      return { architecture: "arm", variant: "v6" };
    case "arm":
      return { architecture: "arm", variant: /^[5-8]$/.test(kind) ? `v${kind}` : kind };
    default:
      return { architecture: name, variant: kind };
  }
}

/** The platform with one name for each thing: `arm64/v8` is `arm64`. */
export function normalizePlatform(platform: Platform): Platform {
  const { architecture, variant } = normalArchitecture(platform.architecture, platform.variant ?? "");
  const kept = architecture === "arm64" && variant === "v8" ? "" : defaultVariant(architecture, variant);
  const { variant: _, ...rest } = platform;
  return { ...rest, os: normalOs(platform.os), architecture, ...(kept ? { variant: kept } : {}) };
}

/** `os/architecture[/variant]`. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter(Boolean).join("/");
}

/** The candidates that can serve a target, best first. */
export function matchPlatforms<P extends Platform>(target: Platform, candidates: readonly P[]): P[] {
  const order = compatible(normalizePlatform(target)).map(formatPlatform);
  const rank = (candidate: Platform): number => order.indexOf(formatPlatform(normalizePlatform(candidate)));
  return candidates.filter((candidate) => rank(candidate) >= 0).sort((a, b) => rank(a) - rank(b));
}

/** What runs on a platform: its own, then older variants, and what else the processor knows. */
function compatible(target: Platform): Platform[] {
  const { os, architecture, variant = "" } = target;
  const found: Platform[] = [target];
  const level = Number(/^v(\d+)/.exec(variant)?.[1] ?? 0);
  if (architecture === "amd64") {
    for (let lower = level - 1; lower >= 1; lower--)
      found.push({ os, architecture, ...(lower > 1 ? { variant: `v${lower}` } : {}) });
    found.push({ os, architecture: "386" });
  } else if (architecture === "arm") {
    for (let lower = (level || 7) - 1; lower >= 5; lower--) found.push({ os, architecture, variant: `v${lower}` });
  } else if (architecture === "arm64") {
    for (const older of olderArm64(variant || "v8")) found.push({ os, architecture, ...kept(older === "v8" ? "" : older) });
    const arm = /^v[89]\./.test(variant) ? 8 : level || 8;
    for (let lower = arm; lower >= 5; lower--) found.push({ os, architecture: "arm", variant: `v${lower}` });
  }
  return found;
}

/** v8.2 runs v8.1 and v8; v9.x runs v9.x-1 and what v8.x+5 runs, from which it came. */
function olderArm64(variant: string): string[] {
  const [, major, minor = "0"] = /^v([89])(?:\.(\d))?$/.exec(variant) ?? [];
  if (major === undefined) return [];
  const named = (version: string, number: number): string => (number === 0 ? version : `${version}.${number}`);
  const below = (version: string, from: number): string[] => Array.from({ length: from }, (_, i) => named(version, from - 1 - i));
  const own = Number(minor);
  return major === "8" ? below("v8", own) : [...below("v9", own), ...below("v8", own + 6)];
}
