/** The client's configuration, `config.json`, as docker reads it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { configUnreadable } from "./errors.ts";

/** What the command itself uses of it; pull and push read the credentials on their own. */
export interface ClientConfig {
  readonly proxies?: Readonly<Record<string, ProxyConfig>>;
}

/** Proxies that a build is told of as build arguments. */
export interface ProxyConfig {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  readonly noProxy?: string;
  readonly ftpProxy?: string;
  readonly allProxy?: string;
}

/** The configuration; an empty one if there is no file. Throws CLIENT_CONFIG_INVALID. */
export function readClientConfig(folder: string): ClientConfig {
  const path = join(folder, "config.json");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return {};
    throw configUnreadable(path, message);
  }
  try {
    return (JSON.parse(text) ?? {}) as ClientConfig;
  } catch (error) {
    throw configUnreadable(path, (error as Error).message);
  }
}

/** Build arguments for the proxies of the configuration, in both spellings, as docker adds them. */
export function proxyArguments(config: ClientConfig): Map<string, string> {
  const proxies = config.proxies?.["default"] ?? {};
  const found = new Map<string, string>();
  const names = {
    httpProxy: "HTTP_PROXY",
    httpsProxy: "HTTPS_PROXY",
    noProxy: "NO_PROXY",
    ftpProxy: "FTP_PROXY",
    allProxy: "ALL_PROXY",
  } as const;
  for (const [field, name] of Object.entries(names) as [keyof ProxyConfig, string][]) {
    const value = proxies[field];
    if (!value) continue;
    found.set(name, value);
    found.set(name.toLowerCase(), value);
  }
  return found;
}
