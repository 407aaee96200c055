/** A real registry: Debian's docker-registry, with its blobs in a folder. */
import { spawn } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, type Place } from "./slipway.ts";

export interface TestRegistry {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** Where its blobs are. */
  readonly folder: string;
  stop(): void;
}

/** Starts a registry in a place. `more` are further lines of its configuration. */
export async function startRegistry(place: Place, more = "", name = "registry"): Promise<TestRegistry> {
  const host = `127.0.0.1:${await freePort()}`;
  const folder = join(place.folder, name);
  const text = `version: 0.1\nstorage: { filesystem: { rootdirectory: ${folder} } }\nhttp:\n  addr: ${host}\n${more}`;
  const config = join(place.files(`${name}-etc`, { "registry.yml": text }), "registry.yml");
  const server = spawn("docker-registry", ["serve", config], { stdio: "ignore" });
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await listens(host)) return { host, folder, stop: () => server.kill() };
    await sleep(50);
  }
  server.kill();
  throw new Error("the registry does not answer");
}

function listens(host: string): Promise<boolean> {
  const [address = "", port] = host.split(":");
  return new Promise((resolve) => {
    const socket = connect(Number(port), address);
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
