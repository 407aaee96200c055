/** Who one is to a registry: docker's config.json and its credential helpers. */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { credentialsNotKept } from "./errors.ts";

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** Instead of a password: a token that gets tokens. */
  readonly identityToken?: string;
}

interface ConfigFile {
  readonly auths?: Readonly<Record<string, { readonly auth?: string; readonly identitytoken?: string }>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

const HUB_KEY = "https://index.docker.io/v1/";

/** The credentials for a registry; undefined if there are none. `folder` is docker's configuration folder. */
export async function credentialsFor(
  domain: string,
  folder: string = join(homedir(), ".docker"),
): Promise<Credentials | undefined> {
  const config = readConfig(join(folder, "config.json"));
  for (const key of keysOf(domain)) {
    const helper = helperFor(config, key);
    const found = helper ? await askHelper(helper, key) : undefined;
    if (found) return found;
    const entry = config.auths?.[key];
    if (entry?.auth || entry?.identitytoken) return decode(entry.auth ?? "", entry.identitytoken);
  }
  return undefined;
}

/** The names under which credentials of a registry may stand; the first is the one they are kept under. */
function keysOf(domain: string): string[] {
  if (domain === "docker.io") return [HUB_KEY, "docker.io", "index.docker.io", "registry-1.docker.io"];
  return [domain, `https://${domain}`, `http://${domain}`, `https://${domain}/v2/`];
}

function helperFor(config: ConfigFile, key: string): string | undefined {
  return config.credHelpers?.[key] ?? (config.credsStore || undefined);
}

/**
 * Keeps credentials: with the helper that the configuration names, else in the file.
 * Tells the file where they lie unencrypted. Throws CREDENTIALS_NOT_KEPT.
 */
export async function storeCredentials(
  domain: string,
  { username, password, identityToken }: Credentials,
  folder: string = join(homedir(), ".docker"),
): Promise<string | undefined> {
  const file = join(folder, "config.json");
  const config = configToChange(file);
  const [key = domain] = keysOf(domain);
  const helper = helperFor(config, key);
  if (helper) {
    const secret = identityToken ? { Username: "<token>", Secret: identityToken } : { Username: username, Secret: password };
    const { code, text } = await runHelper(helper, "store", JSON.stringify({ ServerURL: key, ...secret }));
    if (code !== 0) throw credentialsNotKept(`docker-credential-${helper}`, text.trim() || "it cannot be run");
    return undefined;
  }
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  const entry = { auth, ...(identityToken ? { identitytoken: identityToken } : {}) };
  writeConfig(file, { ...config, auths: { ...config.auths, [key]: entry } });
  return file;
}

/** Forgets what is kept for a registry, in helpers and in the file. Throws CREDENTIALS_NOT_KEPT. */
export async function forgetCredentials(domain: string, folder: string = join(homedir(), ".docker")): Promise<void> {
  const file = join(folder, "config.json");
  const config = configToChange(file);
  const keys = keysOf(domain);
  for (const key of keys) {
    const helper = helperFor(config, key);
    if (helper) await runHelper(helper, "erase", key);
  }
  if (!keys.some((key) => config.auths?.[key])) return;
  const auths = Object.fromEntries(Object.entries(config.auths ?? {}).filter(([key]) => !keys.includes(key)));
  writeConfig(file, { ...config, auths });
}

/** Written aside and renamed: the file holds the credentials of all registries. */
function writeConfig(file: string, config: object): void {
  const temporary = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, `${JSON.stringify(config, null, "\t")}\n`, { mode: 0o600 });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw credentialsNotKept(file, (error as Error).message);
  }
}

function readConfig(file: string): ConfigFile {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) ?? {}) as ConfigFile;
  } catch {
    return {};
  }
}

/** What cannot be read is not written over: there are settings of others in it. */
function configToChange(file: string): ConfigFile {
  try {
    const config = JSON.parse(readFileSync(file, "utf8")) as unknown;
    if (typeof config === "object" && !Array.isArray(config)) return (config ?? {}) as ConfigFile;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return {};
    throw credentialsNotKept(file, code ? message : "it is no JSON");
  }
  throw credentialsNotKept(file, "it is no JSON object");
}

function decode(auth: string, identityToken: string | undefined): Credentials {
  const text = Buffer.from(auth, "base64").toString("utf8");
  const colon = text.indexOf(":");
  const [username, password] = colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
  return { username, password: password.replace(/\0+$/, ""), ...(identityToken ? { identityToken } : {}) };
}

/** A helper that is not there, or knows nothing, is as none. */
async function askHelper(helper: string, key: string): Promise<Credentials | undefined> {
  const { code, text } = await runHelper(helper, "get", key);
  if (code !== 0) return undefined;
  try {
    const { Username: username, Secret: password } = JSON.parse(text) as { Username: string; Secret: string };
    return username === "<token>" ? { username, password: "", identityToken: password } : { username, password };
  } catch {
    return undefined;
  }
}

/** docker-credential-helpers' protocol: the word of the command, and the rest through standard input. */
function runHelper(helper: string, command: "get" | "store" | "erase", input: string): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    const child = spawn(`docker-credential-${helper}`, [command], { stdio: ["pipe", "pipe", "ignore"] });
    let text = "";
    child.on("error", () => resolve({ code: -1, text: "" }));
    child.stdin.on("error", () => {});
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk;
    });
    child.on("close", (code) => resolve({ code: code ?? -1, text }));
    child.stdin.end(input);
  });
}
