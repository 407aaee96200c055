/**
 * What is configured about registries: by the environment, in slipway's own file, and in
 * the file of Docker's daemon, so that a machine that is set up for Docker is set up for slipway.
 */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { RegistrySettings } from "../api/index.ts";
import { badOptionValue, configUnreadable } from "./errors.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** What Docker's daemon.json and slipway's config.json say of registries. */
interface SettingsFile {
  /** A list is of docker.io. */
  readonly "registry-mirrors"?: readonly string[] | Readonly<Record<string, readonly string[]>>;
  readonly "insecure-registries"?: readonly string[];
  readonly proxies?: { readonly "http-proxy"?: string; readonly "https-proxy"?: string; readonly "no-proxy"?: string };
}

/** Where certificates of authorities are kept on common systems. */
const TRUSTED = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** The files that are read, later ones over earlier ones. */
export function settingsFiles(env: Env): string[] {
  const own = join(env["XDG_CONFIG_HOME"] || join(homedir(), ".config"), "slipway/config.json");
  return ["/etc/docker/daemon.json", "/etc/slipway/config.json", own];
}

/** All of it. Throws CLIENT_CONFIG_INVALID, OPTION_VALUE_INVALID. */
export function readRegistrySettings(
  configFolder: string,
  env: Env,
  files: readonly string[] = settingsFiles(env),
): RegistrySettings {
  const mirrors: Record<string, readonly string[]> = {};
  const insecure: string[] = [];
  let proxies: NonNullable<SettingsFile["proxies"]> = {};
  for (const file of files) {
    const settings = readFile(file);
    const given = settings["registry-mirrors"];
    Object.assign(mirrors, Array.isArray(given) ? { "docker.io": given } : given);
    insecure.push(...(settings["insecure-registries"] ?? []));
    proxies = { ...proxies, ...settings.proxies };
  }
  Object.assign(mirrors, mirrorsOf(env["SLIPWAY_REGISTRY_MIRRORS"] ?? ""));
  insecure.push(...listOf(env["SLIPWAY_INSECURE_REGISTRIES"] ?? ""));
  const trusted = env["SSL_CERT_FILE"] || TRUSTED.find(existsSync);
  const either = (name: string): string | undefined => env[name.toUpperCase()] || env[name];
  const http = either("http_proxy") ?? proxies["http-proxy"];
  const https = either("https_proxy") ?? proxies["https-proxy"];
  const none = either("no_proxy") ?? proxies["no-proxy"];
  return {
    configFolder,
    insecure,
    mirrors,
    certificateFolders: [
      join(env["XDG_CONFIG_HOME"] || join(homedir(), ".config"), "docker/certs.d"),
      "/etc/docker/certs.d",
      "/etc/containers/certs.d",
    ],
    ...(trusted ? { trusted } : {}),
    proxy: { ...(http ? { http } : {}), ...(https ? { https } : {}), ...(none ? { none } : {}) },
  };
}

/** `https://mirror`, which is one of docker.io, or `ghcr.io=https://mirror`, with commas between them. */
function mirrorsOf(text: string): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const word of listOf(text)) {
    const [, domain = "docker.io", url = ""] = /^(?:([^=/]+)=)?(.+)$/.exec(word) ?? [];
    if (!URL.canParse(/^https?:\/\//.test(url) ? url : `https://${url}`))
      throw badOptionValue("SLIPWAY_REGISTRY_MIRRORS", word, "it must be [DOMAIN=]URL");
    found[domain] = [...(found[domain] ?? []), url];
  }
  return found;
}

function listOf(text: string): string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

function readFile(file: string): SettingsFile {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return {};
  }
  try {
    return (JSON.parse(text) ?? {}) as SettingsFile;
  } catch (error) {
    throw configUnreadable(file, (error as Error).message);
  }
}
