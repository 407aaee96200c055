/**
 * The folders behind `RUN --mount=type=cache`.
 *
 * One folder an ID (and content it started with). `shared` gives it to all at once,
 * `locked` to one step after the other; `private` gives a second user at the same time
 * a folder of his own, which later steps find free again.
 */
import { chmodSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { digestOf, hexOf } from "../../core/index.ts";
import type { RunMount } from "../../graph/index.ts";
import type { Lock, Store } from "../../store/index.ts";
import { type CopyOptions, giveOwner, offload, type TreeSource } from "../../tree/index.ts";

type CacheMount = Extract<RunMount, { type: "cache" }>;

/** A cache folder in use. */
export interface OpenCache {
  readonly folder: string;
  readonly lock: Lock;
}

/** Opens the folder of a cache mount, waiting for it where the mount says so. `start` is what a new cache begins with. */
export async function openCacheMount(
  store: Store,
  mount: CacheMount,
  start: TreeSource | undefined,
  signal: AbortSignal,
): Promise<OpenCache> {
  const name = hexOf(digestOf([mount.id, start ? [start, mount.source] : null]));
  if (mount.sharing === "shared") {
    const lock = await store.shareLock(`mount-${name}`, signal);
    return { folder: await prepare(store, join(store.paths.mounts, name), mount, start, signal), lock };
  }
  if (mount.sharing === "locked") {
    const lock = await store.lock(`mount-${name}`, signal);
    return { folder: await prepare(store, join(store.paths.mounts, name), mount, start, signal), lock };
  }
  for (let number = 0; ; number++) {
    const folder = number === 0 ? name : `${name}-${number}`;
    const lock = store.tryLock(`mount-${folder}`);
    if (lock) return { folder: await prepare(store, join(store.paths.mounts, folder), mount, start, signal), lock };
  }
}

async function prepare(
  store: Store,
  folder: string,
  mount: CacheMount,
  start: TreeSource | undefined,
  signal: AbortSignal,
): Promise<string> {
  if (statSync(folder, { throwIfNoEntry: false })) return folder;
  using _lock = await store.lock("new-mount", signal);
  if (statSync(folder, { throwIfNoEntry: false })) return folder;
  mkdirSync(folder);
  chmodSync(folder, mount.mode);
  giveOwner(folder, mount);
  if (start) await offload("copyFiles", copyInto(folder, mount, start), signal);
  return folder;
}

function copyInto(layer: string, mount: CacheMount, source: TreeSource): CopyOptions & { layer: string } {
  const action = {
    source: mount.source,
    wildcard: false,
    followLinks: true,
    contentsOnly: true,
    unpack: "never" as const,
    parents: false,
    exclude: [],
    ignoreMissing: false,
  };
  return { parts: [{ source, action }], dest: "/", layer, below: [] };
}
