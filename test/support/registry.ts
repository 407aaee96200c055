/** A real registry: Debian's docker-registry, with its blobs in a folder. */
import { spawn } from "node:child_process";
import { createServer, request } from "node:http";
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

export interface WatchedRegistry extends TestRegistry {
  /** What was asked for, as `GET /v2/...`. */
  readonly asked: string[];
}

/** A registry that tells what it is asked: requests are passed on to another one, with the name it was asked by. */
export async function watchRegistry(registry: TestRegistry): Promise<WatchedRegistry> {
  const asked: string[] = [];
  const [address, port] = registry.host.split(":");
  const server = createServer((wish, answer) => {
    const { method, url: path, headers } = wish;
    asked.push(`${method} ${path}`);
    const further = request({ host: address, port, method, path, headers }, (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    });
    wish.pipe(further);
  });
  const own = await freePort();
  await new Promise<void>((resolve) => server.listen(own, "127.0.0.1", resolve));
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { ...registry, host: `127.0.0.1:${own}`, asked, stop };
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
