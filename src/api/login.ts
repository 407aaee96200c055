/** Credentials for registries: tried, kept, forgotten. */
import { parseReference } from "../oci/index.ts";
import type { Workbench } from "./workbench.ts";

/** Who to log in as. */
export interface LoginOptions {
  /** `HOST[:PORT]`, also as a URL; Docker's own registry if left out. */
  readonly server?: string;
  readonly username: string;
  readonly password: string;
}

/**
 * Asks the registry and keeps the credentials. Returns the file in which they lie
 * unencrypted, if they do. Throws REGISTRY_LOGIN_REFUSED, REGISTRY_UNREACHABLE, CREDENTIALS_NOT_KEPT.
 */
export async function login(bench: Pick<Workbench, "registry">, options: LoginOptions): Promise<string | undefined> {
  const { checkLogin, storeCredentials } = await import("../registry/index.ts");
  const domain = registryOf(options.server);
  const { registry } = bench;
  const { username, password } = options;
  const credentials = await checkLogin(domain, { username, password }, registry);
  return storeCredentials(domain, credentials, registry.configFolder);
}

/** Forgets the credentials for a registry. Throws CREDENTIALS_NOT_KEPT. */
export async function logout(bench: Pick<Workbench, "registry">, server?: string): Promise<void> {
  const { forgetCredentials } = await import("../registry/index.ts");
  await forgetCredentials(registryOf(server), bench.registry.configFolder);
}

/** The domain that a server's address means. */
function registryOf(server: string | undefined): string {
  const host = server?.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
  if (!host || host === "index.docker.io" || host === "registry-1.docker.io") return "docker.io";
  return parseReference(`${host}/any`).domain;
}

/** The name that Docker shows and keeps for a server. */
export function shownRegistry(server: string | undefined): string {
  const domain = registryOf(server);
  return domain === "docker.io" ? "https://index.docker.io/v1/" : domain;
}
