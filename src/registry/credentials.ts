/** Who one is to a registry: docker's config.json and its credential helpers. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

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
  const keys =
    domain === "docker.io"
      ? [HUB_KEY, "docker.io", "index.docker.io", "registry-1.docker.io"]
      : [domain, `https://${domain}`, `http://${domain}`, `https://${domain}/v2/`];
  for (const key of keys) {
    const helper = config.credHelpers?.[key] ?? config.credsStore;
    const found = helper ? await askHelper(helper, key) : undefined;
    if (found) return found;
    const entry = config.auths?.[key];
    if (entry?.auth || entry?.identitytoken) return decode(entry.auth ?? "", entry.identitytoken);
  }
  return undefined;
}

function readConfig(file: string): ConfigFile {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) ?? {}) as ConfigFile;
  } catch {
    return {};
  }
}

function decode(auth: string, identityToken: string | undefined): Credentials {
  const text = Buffer.from(auth, "base64").toString("utf8");
  const colon = text.indexOf(":");
  const [username, password] = colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
  return { username, password: password.replace(/\0+$/, ""), ...(identityToken ? { identityToken } : {}) };
}

/** A helper that is not there, or knows nothing, is as none. */
function askHelper(helper: string, key: string): Promise<Credentials | undefined> {
  return new Promise((resolve) => {
    const child = spawn(`docker-credential-${helper}`, ["get"], { stdio: ["pipe", "pipe", "ignore"] });
    let text = "";
    child.on("error", () => resolve(undefined));
    child.stdin.on("error", () => {});
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk;
    });
    child.on("close", (code) => {
      if (code !== 0) return resolve(undefined);
      try {
        const { Username: username, Secret: password } = JSON.parse(text) as { Username: string; Secret: string };
        resolve(username === "<token>" ? { username, password: "", identityToken: password } : { username, password });
      } catch {
        resolve(undefined);
      }
    });
    child.stdin.end(key);
  });
}
