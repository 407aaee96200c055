/** What the build cache takes on disk: its steps and its cache mounts, one by one. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "../core/index.ts";
import type { MountRecord, ResultRecord } from "../solve/index.ts";
import type { Store } from "../store/index.ts";
import { markImages } from "./mark.ts";
import type { Workbench } from "./workbench.ts";

/** A part of the build cache. */
export interface CacheEntry {
  readonly type: "regular" | "exec.cachemount";
  /** 64 hexadecimal digits; of a cache mount, the name of its folder. */
  readonly id: string;
  /** The step's line, or the cache mount's ID. */
  readonly description: string;
  /** Of its own layer, files and tar, in bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly used: number;
  /** An image or a container needs the layer as well: it stays when the entry goes. */
  readonly shared: boolean;
}

/** All of them, those that were used longest ago first. */
export function cacheEntries({ store }: Workbench): CacheEntry[] {
  return [...resultEntries(store), ...mountEntries(store)].sort((a, b) => a.used - b.used || (a.id < b.id ? -1 : 1));
}

function resultEntries(store: Store): CacheEntry[] {
  const marked = markImages(store);
  const counted = new Set<Digest>();
  return store.records.keys("results").flatMap((key): CacheEntry[] => {
    const record = store.records.get<ResultRecord>("results", key);
    if (!record) return [];
    const layer = record.snapshot.at(-1);
    const times = store.records.times("results", key);
    const shared = layer === undefined || marked.layers.has(layer) || marked.blobs.has(layer);
    const size = layer === undefined || counted.has(layer) ? 0 : layerBytes(store, layer);
    if (layer) counted.add(layer);
    return [{ type: "regular", id: key.slice(7), description: record.origin.name, size, ...times, shared }];
  });
}

function mountEntries(store: Store): CacheEntry[] {
  return readdirSync(store.paths.mounts).map((name) => {
    const folder = join(store.paths.mounts, name);
    const key: Digest = `sha256:${name.slice(0, 64)}`;
    const id = store.records.get<MountRecord>("mounts", key)?.id;
    const { birthtimeMs: created } = statSync(folder);
    const { used } = id === undefined ? { used: created } : store.records.times("mounts", key);
    const description = id === undefined ? "cache mount" : `cache mount ${id}`;
    return { type: "exec.cachemount", id: name, description, size: bytesBelow(folder), created, used, shared: false };
  });
}

/** Bytes of a layer's files and of its tar. */
export function layerBytes(store: Store, layer: Digest): number {
  const diffId = store.layers.has(layer) ? store.layers.knownDiff(layer)?.diffId : layer;
  return bytesBelow(store.layers.folder(layer)) + (diffId ? (store.blobs.size(diffId) ?? 0) : 0);
}

/** Bytes of the files below a folder; 0 where there is none. */
export function bytesBelow(path: string): number {
  let bytes = 0;
  for (const entry of statSync(path, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(path, { withFileTypes: true, recursive: true })
    : []) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
