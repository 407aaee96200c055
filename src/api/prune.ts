/**
 * Space back: what nothing refers to any more.
 *
 * Mark and sweep. Images keep their blobs and layers; records of the build cache keep
 * the layers they name, unless the cache itself is to go. Builds at work hold the
 * store's lock shared, so nothing is swept from under them.
 */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "../core/index.ts";
import { isIndexType } from "../oci/index.ts";
import { layerOf, type Snapshot } from "../solve/index.ts";
import type { Store } from "../store/index.ts";
import type { Workbench } from "./workbench.ts";

export interface PruneOptions {
  /** The build cache goes: records, those of builds that have ended, and layers that only they need. */
  readonly cache?: boolean;
  /** Contents of cache mounts go as well. */
  readonly mounts?: boolean;
  /** Images without a name go. */
  readonly dangling?: boolean;
  readonly signal?: AbortSignal;
}

export interface Pruned {
  readonly images: readonly Digest[];
  readonly layers: readonly Digest[];
  readonly blobs: readonly Digest[];
  readonly records: number;
  /** Bytes of blobs and layer files that went. */
  readonly reclaimedBytes: number;
}

/** Waits until no build is at work, then sweeps. */
export async function prune(bench: Workbench, options: PruneOptions): Promise<Pruned> {
  const { store } = bench;
  using _lock = await store.lock("store", options.signal);
  const images: Digest[] = [];
  if (options.dangling) {
    const named = new Set(store.images.list().flatMap((image) => (image.name ? [image.descriptor.digest] : [])));
    for (const { name, descriptor } of store.images.list()) {
      if (name || named.has(descriptor.digest)) continue;
      await store.images.remove(descriptor.digest);
      images.push(descriptor.digest);
    }
  }
  const kept = mark(store);
  const records = options.cache ? dropRecords(store) : 0;
  if (!options.cache) {
    for (const layer of recordedLayers(store)) {
      kept.layers.add(layer);
      // A layer that nobody has laid out is its tar.
      if (!store.layers.has(layer)) kept.blobs.add(layer);
    }
  }
  const layers = store.layers.list().filter((layer) => !kept.layers.has(layer));
  const blobs = store.blobs.list().filter((blob) => !kept.blobs.has(blob));
  let reclaimedBytes = 0;
  for (const layer of layers) {
    reclaimedBytes += bytesBelow(store.layers.folder(layer));
    store.layers.remove(layer);
  }
  for (const blob of blobs) {
    reclaimedBytes += store.blobs.size(blob) ?? 0;
    store.blobs.remove(blob);
  }
  if (options.mounts) reclaimedBytes += emptyFolder(store.paths.mounts);
  emptyFolder(store.paths.temporary);
  return { images, layers, blobs, records, reclaimedBytes };
}

interface Marked {
  readonly blobs: Set<Digest>;
  readonly layers: Set<Digest>;
}

function mark(store: Store): Marked {
  const marked: Marked = { blobs: new Set(), layers: new Set() };
  for (const { descriptor } of store.images.list())
    markImage(store, descriptor.digest, isIndexType(descriptor.mediaType), marked);
  for (const { image, layers } of store.containers.list()) {
    markImage(store, image.manifest, false, marked);
    for (const layer of layers) marked.layers.add(layer);
  }
  return marked;
}

function markImage(store: Store, digest: Digest, isIndex: boolean, marked: Marked): void {
  if (marked.blobs.has(digest)) return;
  marked.blobs.add(digest);
  if (!store.blobs.has(digest)) return;
  if (isIndex) {
    for (const entry of store.images.index(digest).manifests)
      markImage(store, entry.digest, isIndexType(entry.mediaType), marked);
    return;
  }
  const manifest = store.images.manifest(digest);
  for (const { digest: blob } of [manifest.config, ...manifest.layers]) marked.blobs.add(blob);
  if (!store.blobs.has(manifest.config.digest)) return;
  for (const diffId of store.images.config(manifest.config.digest).rootfs?.diff_ids ?? []) {
    const layer = layerOf(store, diffId);
    if (layer) marked.layers.add(layer);
  }
}

function recordedLayers(store: Store): Digest[] {
  return store.records
    .keys("results")
    .flatMap((key) => [...(store.records.get<{ snapshot: Snapshot }>("results", key)?.snapshot ?? [])]);
}

function dropRecords(store: Store): number {
  let count = 0;
  for (const table of ["results", "contents", "tars", "http", "downloads", "git", "history"]) {
    for (const key of store.records.keys(table)) {
      store.records.remove(table, key);
      count++;
    }
  }
  for (const { number, state } of store.builds.list()) if (state !== "running") store.builds.remove(number);
  for (const folder of ["stat", "listings"]) rmSync(join(store.paths.records, folder), { recursive: true, force: true });
  return count;
}

function emptyFolder(folder: string): number {
  let bytes = 0;
  for (const name of readdirSync(folder)) {
    bytes += bytesBelow(join(folder, name));
    rmSync(join(folder, name), { recursive: true, force: true });
  }
  return bytes;
}

function bytesBelow(path: string): number {
  let bytes = 0;
  for (const entry of statSync(path, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(path, { withFileTypes: true, recursive: true })
    : []) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
