/** A layer of the store as a blob: its tar, made once. */
import { rmSync } from "node:fs";
import { type Digest, digestOf } from "../core/index.ts";
import { type Descriptor, MEDIA } from "../oci/index.ts";
import type { LayerDiff, LayerId, Store } from "../store/index.ts";
import { offload } from "../tree/index.ts";

/** A layer as it stands in a manifest and in a config. */
export interface LayerBlob {
  readonly descriptor: Descriptor;
  /** Digest of the uncompressed tar. */
  readonly diffId: Digest;
  /** The time of the newest file in it, in milliseconds since the epoch; 0 if it is empty. */
  readonly newest: number;
}

/**
 * The uncompressed tar of a layer, with times after `latest` (seconds since the epoch)
 * brought down to it. Nobody unpacks the image from this layer's folder, so only the
 * digest is remembered.
 */
export async function clampedLayerBlob(store: Store, id: LayerId, latest: number): Promise<LayerBlob> {
  const key = digestOf(["clamped", id, latest]);
  const known = store.records.get<LayerDiff>("clamped", key);
  const diff = known && store.blobs.has(known.diffId) ? known : await packToBlob(store, store.layers.folder(id), latest);
  if (diff !== known) store.records.put("clamped", key, diff);
  const descriptor = { mediaType: MEDIA.layer, digest: diff.diffId, size: diff.size };
  return { descriptor, diffId: diff.diffId, newest: diff.newest };
}

/**
 * The uncompressed tar of a layer, written to the store's blobs where it is not there
 * yet. One pass over the files hashes and writes. A layer that was made elsewhere and
 * has not come yet is described, and its tar is not there.
 */
export async function layerBlob(store: Store, id: LayerId): Promise<LayerBlob> {
  if (!store.layers.has(id)) {
    const tar = store.records.get<{ size: number; newest: number }>("tars", id);
    if (tar) return { descriptor: { mediaType: MEDIA.layer, digest: id, size: tar.size }, diffId: id, newest: tar.newest };
  }
  const { diffId, size, newest } = await store.layers.diff(id, (folder) => packToBlob(store, folder));
  if (!store.blobs.has(diffId)) await packToBlob(store, store.layers.folder(id));
  if (store.records.get<{ layer: LayerId }>("diffs", diffId)?.layer !== id) store.records.put("diffs", diffId, { layer: id });
  return { descriptor: { mediaType: MEDIA.layer, digest: diffId, size }, diffId, newest };
}

/** A layer of its own from a folder in overlayfs form, which stays as it is. Throws FILE_CHANGED. */
export async function layerFromFolder(store: Store, folder: string): Promise<LayerId> {
  const diff = await packToBlob(store, folder);
  const file = store.blobs.path(diff.diffId);
  await store.layers.make(diff.diffId, [], (draft) =>
    offload("unpackLayer", { file, compression: "none", folder: draft.folder }),
  );
  return diff.diffId;
}

async function packToBlob(store: Store, folder: string, latest?: number): Promise<LayerDiff> {
  const file = store.blobs.temporary();
  try {
    const diff = await offload("packLayer", { folder, file, ...(latest === undefined ? {} : { latest }) });
    store.blobs.adopt(file, diff.diffId);
    return diff;
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}
