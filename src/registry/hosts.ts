/**
 * Where a registry is and how it is spoken to: mirrors before it, certificates, proxies,
 * with TLS or without.
 *
 * As with Docker, a registry of this machine and one that is named insecure is tried with
 * TLS, whatever its certificate, and then without.
 */
import { readdirSync, readFileSync } from "node:fs";
import { BlockList, isIP } from "node:net";
import { join } from "node:path";
import type { SecureContextOptions } from "node:tls";
import type { Dispatcher } from "undici";
import { certificateUnreadable } from "./errors.ts";

/** What holds for all registries of a workbench. */
export interface RegistryOptions {
  /** Docker's configuration folder, for credentials; `~/.docker` if left out. */
  readonly configFolder?: string;
  /** Registries, or networks such as `10.0.0.0/8`, that need no valid certificate and no TLS, beside those of this machine. */
  readonly insecure?: readonly string[];
  /** URLs that images of a registry are asked for first, in order, by the registry's domain. */
  readonly mirrors?: Readonly<Record<string, readonly string[]>>;
  /** Folders that have a folder `HOST[:PORT]` with `*.crt`, and `*.cert` with `*.key`, as `/etc/docker/certs.d`. */
  readonly certificateFolders?: readonly string[];
  /** File of the certificates that are trusted; those of Node.js if left out. */
  readonly trusted?: string;
  readonly proxy?: Proxies;
}

/** URLs of proxies, and for whom there is none. */
export interface Proxies {
  readonly http?: string;
  readonly https?: string;
  /** Domains with commas between them; `*` for all. */
  readonly none?: string;
}

/** A server that answers for a registry. */
export interface Host {
  /** As credentials and messages name it. */
  readonly domain: string;
  /** URL without a slash at the end. */
  base(): Promise<string>;
  dispatcher(): Promise<Dispatcher>;
}

/** The registry itself. */
export function hostOf(domain: string, options: RegistryOptions): Host {
  const address = domain === "docker.io" ? "registry-1.docker.io" : domain;
  const insecure = isInsecure(domain, options.insecure ?? []);
  const dispatcher = once(() => openDispatcher(address, insecure, options));
  const base = once(async () => {
    const secure = !insecure || (await answers(`https://${address}/v2/`, await dispatcher()));
    return `${secure ? "https" : "http"}://${address}`;
  });
  return { domain, base, dispatcher };
}

/** Its mirrors, in the order they are asked. */
export function mirrorsOf(domain: string, options: RegistryOptions): Host[] {
  return (options.mirrors?.[domain] ?? []).map((text) => {
    const url = new URL(/^https?:\/\//.test(text) ? text : `https://${text}`);
    const plain = url.protocol === "http:";
    const address = url.host;
    const dispatcher = once(() => openDispatcher(address, plain || isInsecure(address, options.insecure ?? []), options));
    const base = `${url.protocol}//${address}${url.pathname.replace(/\/+$/, "")}`;
    return { domain: address, base: async () => base, dispatcher };
  });
}

/** The connections to a server; `address` is `HOST[:PORT]`, for its certificates. Throws REGISTRY_CERTIFICATE_UNREADABLE. */
export async function openDispatcher(address: string, insecure: boolean, options: RegistryOptions): Promise<Dispatcher> {
  return dispatcherWith(tlsOf(address, options), insecure, options.proxy);
}

async function dispatcherWith(own: SecureContextOptions, insecure: boolean, proxy: Proxies = {}): Promise<Dispatcher> {
  const [{ Agent, EnvHttpProxyAgent }, { createSecureContext }] = await Promise.all([import("undici"), import("node:tls")]);
  // Reading the authorities of a system takes longer than a small push, and where any certificate will do nobody asks them.
  const tls = insecure
    ? { secureContext: createSecureContext({ ...own, ca: [] }), rejectUnauthorized: false }
    : { secureContext: createSecureContext(own) };
  const common = { connect: tls, bodyTimeout: 60_000 };
  if (!proxy.http && !proxy.https) return new Agent(common);
  return new EnvHttpProxyAgent({
    ...common,
    requestTls: tls,
    httpProxy: proxy.http ?? "",
    httpsProxy: proxy.https ?? "",
    noProxy: [proxy.none, "localhost", "127.0.0.1", "::1"].filter(Boolean).join(","),
  });
}

/** Throws REGISTRY_CERTIFICATE_UNREADABLE. */
function tlsOf(address: string, { certificateFolders = [], trusted }: RegistryOptions): SecureContextOptions {
  const found = certificateFolders.map((folder) => join(folder, address)).flatMap(filesOf);
  const read = (suffix: string): Buffer[] => found.filter((file) => file.endsWith(suffix)).map(readCertificate);
  const authorities = read(".crt");
  const [certificates, keys] = [read(".cert"), read(".key")];
  const all = trusted === undefined ? [] : [readCertificate(trusted)];
  return {
    ...(all.length + authorities.length > 0 ? { ca: [...all, ...authorities] } : {}),
    ...(certificates.length > 0 ? { cert: certificates, key: keys } : {}),
  };
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function readCertificate(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw certificateUnreadable(file, error);
  }
}

/** Whether anybody speaks TLS there. */
async function answers(url: string, dispatcher: Dispatcher): Promise<boolean> {
  const { request } = await import("undici");
  try {
    const { body } = await request(url, { dispatcher, headersTimeout: 5000 });
    await body.dump();
    return true;
  } catch {
    return false;
  }
}

/** Whether a registry is of this machine, or named insecure by its domain or its network. */
export function isInsecure(domain: string, insecure: readonly string[]): boolean {
  const host = domain.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  if (host === "localhost" || insecure.includes(domain) || insecure.includes(host)) return true;
  const family = isIP(host);
  if (family === 0) return false;
  const networks = new BlockList();
  networks.addSubnet("127.0.0.0", 8, "ipv4");
  networks.addAddress("::1", "ipv6");
  for (const network of insecure) {
    const [address = "", bits] = network.split("/");
    const kind = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits !== undefined && isIP(address) !== 0) networks.addSubnet(address, Number(bits), kind);
  }
  return networks.check(host, family === 6 ? "ipv6" : "ipv4");
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
