/**
 * The folders behind `RUN --mount=type=cache`.
 *
 * One folder an ID (and content it started with). `shared` gives it to all at once,
 * `locked` to one step after the other; `private` gives a second user at the same time
 * a folder of his own, which later steps find free again.
 */
import { chmodSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { digestOf, hexOf } from "../../core/index.ts";
import type { RunMount } from "../../graph/index.ts";
import { type Lock, type Store, temporaryName } from "../../store/index.ts";
import { allBelow, giveOwner, offload, type TreeSource } from "../../tree/index.ts";

type CacheMount = Extract<RunMount, { type: "cache" }>;

/** A cache folder in use. */
export interface OpenCache {
  readonly folder: string;
  readonly lock: Lock;
}

/** What a cache mount is opened with. */
export interface MountPlace {
  readonly store: Store;
  /** What a new cache begins with. */
  readonly start: TreeSource | undefined;
  /** The file with the tar that a new cache of this name begins with, if it came along with a build cache. */
  readonly mountTar?: (name: string) => Promise<string | undefined>;
  /** Whether what is in the cache is left behind: true for the first use of a name by steps that take nothing from the cache. */
  readonly startsAnew?: (name: string) => boolean;
  readonly signal: AbortSignal;
}

/** What is kept of a cache mount in the records `mounts`, under its name. The record's time is that of its last use. */
export interface MountRecord {
  readonly id: string;
}

/** The name of a cache mount's folder; those that begin with the files of a stage are of this store alone. */
export function cacheMountName(id: string, start?: readonly [TreeSource, string]): string {
  return hexOf(digestOf([id, start ?? null]));
}

/** Opens the folder of a cache mount, waiting for it where the mount says so. */
export async function openCacheMount(place: MountPlace, mount: CacheMount): Promise<OpenCache> {
  const { store, start, signal } = place;
  const name = cacheMountName(mount.id, start ? [start, mount.source] : undefined);
  store.records.put("mounts", `sha256:${name}`, { id: mount.id } satisfies MountRecord);
  const isNew = place.startsAnew?.(name) ?? false;
  if (mount.sharing === "shared") {
    // Who is at work in it keeps it.
    if (isNew) {
      using alone = store.tryLock(`mount-${name}`);
      if (alone) empty(name, store);
    }
    const lock = await store.shareLock(`mount-${name}`, signal);
    return { folder: await prepare(name, mount, place), lock };
  }
  if (mount.sharing === "locked") {
    const lock = await store.lock(`mount-${name}`, signal);
    if (isNew) empty(name, store);
    return { folder: await prepare(name, mount, place), lock };
  }
  for (let number = 0; ; number++) {
    const folder = number === 0 ? name : `${name}-${number}`;
    const lock = store.tryLock(`mount-${folder}`);
    if (!lock) continue;
    if (isNew) empty(folder, store);
    return { folder: await prepare(folder, mount, place), lock };
  }
}

/** Takes the folder of a cache away, so that it is made anew. */
function empty(name: string, store: Store): void {
  const folder = join(store.paths.mounts, name);
  const away = temporaryName(store.paths);
  try {
    renameSync(folder, away);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  rmSync(away, { recursive: true, force: true });
}

async function prepare(name: string, mount: CacheMount, { store, start, mountTar, signal }: MountPlace): Promise<string> {
  const folder = join(store.paths.mounts, name);
  if (statSync(folder, { throwIfNoEntry: false })) return folder;
  using _lock = await store.lock("new-mount", signal);
  if (statSync(folder, { throwIfNoEntry: false })) return folder;
  const draft = temporaryName(store.paths);
  try {
    mkdirSync(draft);
    chmodSync(draft, mount.mode);
    giveOwner(draft, mount);
    const file = start ? undefined : await mountTar?.(name);
    if (file) await offload("unpackLayer", { file, compression: "none", folder: draft }, signal);
    if (start) await offload("copyFiles", { ...allBelow(start, mount.source), layer: draft }, signal);
    renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}
