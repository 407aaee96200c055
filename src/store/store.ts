/** Everything that is kept on disk, below one folder. */

import { Blobs } from "./blobs.ts";
import { Builds } from "./builds.ts";
import { Containers } from "./containers.ts";
import { Images } from "./images.ts";
import { Layers } from "./layers.ts";
import { acquireLock, type Lock, tryLock } from "./lock.ts";
import { prepareStore, type StorePaths } from "./paths.ts";
import { Records } from "./records.ts";

/** A store. It has nothing to close: what it writes is written when a call returns. */
export interface Store {
  readonly paths: StorePaths;
  readonly blobs: Blobs;
  readonly layers: Layers;
  readonly images: Images;
  readonly records: Records;
  readonly builds: Builds;
  readonly containers: Containers;
  /** Waits to be the only one, over all processes, that makes what `name` names. */
  lock(name: string, signal?: AbortSignal): Promise<Lock>;
  /** Waits to be one of those, over all processes, that use what `name` names together. */
  shareLock(name: string, signal?: AbortSignal): Promise<Lock>;
  /** The lock, if nobody has it. */
  tryLock(name: string): Lock | undefined;
  /** Waits until nothing is pruned, and keeps it so: held by whoever makes things. */
  use(signal?: AbortSignal): Promise<Lock>;
}

/** Opens the store below `root`, making it where there is none. Throws STORE_TOO_NEW, STORE_INVALID, STORE_NOT_WRITABLE. */
export function openStore(root: string): Store {
  const paths = prepareStore(root);
  const blobs = new Blobs(paths);
  return {
    paths,
    blobs,
    layers: new Layers(paths),
    images: new Images(paths, blobs),
    records: new Records(paths),
    builds: new Builds(paths),
    containers: new Containers(paths),
    lock: (name, signal) => acquireLock(paths, name, "exclusive", signal),
    shareLock: (name, signal) => acquireLock(paths, name, "shared", signal),
    tryLock: (name) => tryLock(paths, name),
    use: (signal) => acquireLock(paths, "store", "shared", signal),
  };
}
