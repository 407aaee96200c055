/**
 * Containers, each a folder of its own: what it was started from, and what its process wrote.
 *
 * Whoever runs a container holds its lock, so whether it runs is never a guess: the
 * kernel lets go of the lock when the runner ends, however it ends.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "../core/index.ts";
import type { ContainerConfig } from "../oci/index.ts";
import { containerAmbiguous, containerNameTaken, containerNotFound } from "./errors.ts";
import type { LayerId } from "./layers.ts";
import { acquireLock, type Lock, tryLock } from "./lock.ts";
import type { StorePaths } from "./paths.ts";
import { temporaryName, writeFileAtomic } from "./write.ts";

/** A port of the container that is open on the host. */
export interface PublishedPort {
  readonly hostAddress: string;
  readonly hostPort: number;
  readonly containerPort: number;
}

/** A folder of the host that the container sees. */
export interface ContainerMount {
  readonly type: "bind" | "volume";
  /** The name of a volume. */
  readonly name?: string;
  readonly source: string;
  readonly target: string;
  readonly readonly: boolean;
  /** Goes with the container. */
  readonly anonymous?: boolean;
}

export interface Container {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  /** The image's name as it was asked for, its ID and its manifest. */
  readonly image: { readonly name: string; readonly id: Digest; readonly manifest: Digest };
  /** The image's layers, bottom to top. */
  readonly layers: readonly LayerId[];
  /** The image's config with what was asked for at the start. */
  readonly config: ContainerConfig;
  readonly argv: readonly string[];
  readonly hostname: string;
  readonly ports: readonly PublishedPort[];
  readonly mounts: readonly ContainerMount[];
  readonly removeAtEnd: boolean;
  /** RFC 3339. */
  readonly created: string;
  readonly finished?: string;
  readonly exitCode?: number;
  /** The process that runs it. */
  readonly pid: number;
  /** Its process has never begun. */
  readonly isNew?: boolean;
}

export class Containers {
  readonly #paths: StorePaths;

  constructor(paths: StorePaths) {
    this.#paths = paths;
  }

  /** A new ID with its lock, which says that the container runs. */
  async reserve(signal?: AbortSignal): Promise<{ readonly id: string; readonly lock: Lock }> {
    const id = randomBytes(32).toString("hex");
    return { id, lock: await acquireLock(this.#paths, lockOf(id), "exclusive", signal) };
  }

  /** Keeps a new container, with an empty folder for its files. Throws CONTAINER_NAME_TAKEN. */
  async add(container: Container): Promise<void> {
    using _lock = await acquireLock(this.#paths, "containers", "exclusive");
    const owner = this.list().find(({ name }) => name === container.name);
    if (owner) throw containerNameTaken(container.name, owner.id);
    const home = temporaryName(this.#paths);
    for (const folder of ["fs", "work"]) mkdirSync(join(home, folder), { recursive: true });
    mkdirSync(this.#paths.containers, { recursive: true, mode: 0o711 });
    writeFileAtomic(this.#paths, join(home, "container.json"), JSON.stringify(container));
    renameSync(home, this.home(container.id));
  }

  update(container: Container): void {
    writeFileAtomic(this.#paths, join(this.home(container.id), "container.json"), JSON.stringify(container));
  }

  /** The folder of a container: `fs` has what it wrote, in overlayfs form. */
  home(id: string): string {
    return join(this.#paths.containers, id);
  }

  /** Newest first. */
  list(): Container[] {
    let ids: string[];
    try {
      ids = readdirSync(this.#paths.containers);
    } catch {
      return [];
    }
    return ids.flatMap((id) => this.#read(id) ?? []).sort((a, b) => (a.created < b.created ? 1 : -1));
  }

  /** By name, ID or the beginning of an ID. Throws CONTAINER_NOT_FOUND, CONTAINER_AMBIGUOUS. */
  find(text: string): Container {
    const all = this.list();
    const plain = text.replace(/^\//, "");
    const named = all.find(({ name, id }) => name === plain || id === text);
    if (named) return named;
    const begun = /^[0-9a-f]+$/.test(text) ? all.filter(({ id }) => id.startsWith(text)) : [];
    if (begun.length > 1) throw containerAmbiguous(text);
    if (!begun[0]) throw containerNotFound(text);
    return begun[0];
  }

  isRunning(id: string): boolean {
    const lock = tryLock(this.#paths, lockOf(id));
    lock?.[Symbol.dispose]();
    return lock === undefined;
  }

  /** Waits until the container does not run. */
  async ended(id: string, signal?: AbortSignal): Promise<void> {
    (await acquireLock(this.#paths, lockOf(id), "exclusive", signal))[Symbol.dispose]();
  }

  remove(id: string): void {
    const doomed = temporaryName(this.#paths);
    renameSync(this.home(id), doomed);
    rmSync(join(this.#paths.locks, lockOf(id)), { force: true });
    rmSync(doomed, { recursive: true, force: true });
  }

  #read(id: string): Container | undefined {
    try {
      return JSON.parse(readFileSync(join(this.home(id), "container.json"), "utf8")) as Container;
    } catch {
      return undefined;
    }
  }
}

function lockOf(id: string): string {
  return `container-${id}`;
}
