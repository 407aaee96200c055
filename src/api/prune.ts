/**
 * Space back: what nothing refers to any more.
 *
 * Mark and sweep. Images and containers keep their blobs and layers; records of the build
 * cache keep the layers they name, until they go themselves. Builds at work hold the
 * store's lock shared, so nothing is swept from under them.
 */
import { existsSync, readdirSync, rmSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "../core/index.ts";
import type { ResultRecord } from "../solve/index.ts";
import type { Store, StoredImage } from "../store/index.ts";
import { bytesBelow, type CacheEntry, cacheEntries } from "./cache-usage.ts";
import { type Marked, markImages } from "./mark.ts";
import type { Workbench } from "./workbench.ts";

/** Which parts of the build cache go. With none of the limits all that are chosen go; else only as many as they ask for. */
export interface CachePrune {
  /** Parts that images share go as well. */
  readonly all?: boolean;
  /** Contents of cache mounts go as well. */
  readonly mounts?: boolean;
  /** Only these; all if left out. */
  readonly choose?: (entry: CacheEntry) => boolean;
  /** Bytes that the cache may have at most. */
  readonly maxUsedBytes?: number;
  /** Bytes that it keeps in any case. */
  readonly reservedBytes?: number;
  /** Bytes that are to be free on the disk. */
  readonly minFreeBytes?: number;
}

export interface PruneOptions {
  readonly cache?: CachePrune;
  /** Images without a name go: those that are chosen. */
  readonly dangling?: (image: StoredImage) => boolean;
  readonly signal?: AbortSignal;
}

export interface Pruned {
  readonly images: readonly Digest[];
  readonly layers: readonly Digest[];
  readonly blobs: readonly Digest[];
  readonly cache: readonly CacheEntry[];
  /** Bytes of blobs and layer files that went. */
  readonly reclaimedBytes: number;
}

/** Waits until no build is at work, then sweeps. */
export async function prune(bench: Workbench, options: PruneOptions): Promise<Pruned> {
  const { store } = bench;
  using _lock = await store.lock("store", options.signal);
  const images = options.dangling ? await dropDangling(store, options.dangling) : [];
  const cache = options.cache ? doomed(bench, options.cache) : [];
  let reclaimedBytes = dropEntries(store, cache);
  if (options.cache && !options.cache.choose && !hasLimits(options.cache)) dropRecords(store, options.cache.all ?? false);
  const kept = markImages(store);
  markResults(store, kept);
  const layers = store.layers.list().filter((layer) => !kept.layers.has(layer));
  const blobs = store.blobs.list().filter((blob) => !kept.blobs.has(blob));
  for (const layer of layers) {
    reclaimedBytes += bytesBelow(store.layers.folder(layer));
    store.layers.remove(layer);
  }
  for (const blob of blobs) {
    reclaimedBytes += store.blobs.size(blob) ?? 0;
    store.blobs.remove(blob);
  }
  dropNotes(store);
  emptyFolder(store.paths.temporary);
  return { images, layers, blobs, cache, reclaimedBytes };
}

async function dropDangling(store: Store, choose: (image: StoredImage) => boolean): Promise<Digest[]> {
  const dropped: Digest[] = [];
  const named = new Set(store.images.list().flatMap((image) => (image.name ? [image.descriptor.digest] : [])));
  for (const image of store.images.list()) {
    const { digest } = image.descriptor;
    if (image.name || named.has(digest) || !choose(image)) continue;
    await store.images.remove(digest);
    dropped.push(digest);
  }
  return dropped;
}

/** The entries that go: those used longest ago first, until the limits are kept (BuildKit's rule). */
function doomed(bench: Workbench, options: CachePrune): CacheEntry[] {
  const entries = cacheEntries(bench);
  const chosen = entries.filter((entry) => options.choose?.(entry) ?? true);
  const candidates = chosen.filter(({ type, shared }) => (type === "regular" ? options.all || !shared : options.mounts));
  if (!hasLimits(options)) return candidates;
  let total = chosen.reduce((sum, entry) => sum + entry.size, 0);
  const most = bytesToKeep(total, options, () => freeBytes(bench.store));
  const going: CacheEntry[] = [];
  for (const entry of candidates) {
    if (total <= most) break;
    going.push(entry);
    total -= entry.size;
  }
  return going;
}

function hasLimits({ maxUsedBytes, reservedBytes, minFreeBytes }: CachePrune): boolean {
  return [maxUsedBytes, reservedBytes, minFreeBytes].some((limit) => limit !== undefined && limit > 0);
}

/** How many of `total` bytes may stay. */
export function bytesToKeep(total: number, limits: CachePrune, free: () => number): number {
  const { maxUsedBytes = 0, reservedBytes = 0, minFreeBytes = 0 } = limits;
  let keep = maxUsedBytes;
  const excess = minFreeBytes > 0 ? minFreeBytes - free() : 0;
  if (excess > 0) keep = keep === 0 ? total - excess : Math.min(keep, total - excess);
  // Where only free space is asked for and there is enough of it, nothing has to go.
  else if (minFreeBytes > 0 && keep === 0 && reservedBytes === 0) keep = total;
  return Math.max(keep, reservedBytes);
}

function freeBytes(store: Store): number {
  const { bavail, bsize } = statfsSync(store.paths.root);
  return bavail * bsize;
}

/** Takes the records away, and the folders of cache mounts that nobody uses. Returns the bytes of those. */
function dropEntries(store: Store, entries: readonly CacheEntry[]): number {
  let bytes = 0;
  for (const { type, id, size } of entries) {
    const key: Digest = `sha256:${id.slice(0, 64)}`;
    if (type === "regular") store.records.remove("results", key);
    else {
      using lock = store.tryLock(`mount-${id}`);
      if (!lock) continue;
      rmSync(join(store.paths.mounts, id), { recursive: true, force: true });
      if (id.length === 64) store.records.remove("mounts", key);
      bytes += size;
    }
  }
  return bytes;
}

function markResults(store: Store, kept: Marked): void {
  for (const key of store.records.keys("results")) {
    for (const layer of store.records.get<ResultRecord>("results", key)?.snapshot ?? []) {
      kept.layers.add(layer);
      if (!store.layers.has(layer)) kept.blobs.add(layer);
    }
  }
}

/** What builds of the last days were made from stays when their results go, so that the next one can tell why its steps run. */
const HISTORY_DAYS = 30;

/** What is remembered beside results. What makes the keys of results that stay, stays. */
function dropRecords(store: Store, all: boolean): void {
  for (const table of ["http", "downloads", "git", ...(all ? ["contents"] : [])])
    for (const key of store.records.keys(table)) store.records.remove(table, key);
  rmSync(join(store.paths.records, "stat"), { recursive: true, force: true });
  const oldest = Date.now() - HISTORY_DAYS * 86_400_000;
  for (const table of ["history", "listings"]) dropOld(join(store.paths.records, table), oldest);
}

function dropOld(folder: string, oldest: number): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const file = join(folder, name);
    if (statSync(file).mtimeMs < oldest) rmSync(file);
  }
}

/** Notes about layers and blobs that are gone. */
function dropNotes(store: Store): void {
  const { records, layers, blobs } = store;
  for (const key of records.keys("diffs")) {
    const layer = records.get<{ layer: Digest }>("diffs", key)?.layer;
    if (!layer || !layers.has(layer)) records.remove("diffs", key);
  }
  for (const key of records.keys("tars")) if (!layers.has(key) && !blobs.has(key)) records.remove("tars", key);
  for (const key of records.keys("places")) if (!blobs.has(key)) records.remove("places", key);
}

function emptyFolder(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
}
