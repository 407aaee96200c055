/** What images and containers need of a store. */
import type { Digest } from "../core/index.ts";
import { isIndexType } from "../oci/index.ts";
import { layerOf } from "../solve/index.ts";
import type { Store } from "../store/index.ts";

export interface Marked {
  readonly blobs: Set<Digest>;
  readonly layers: Set<Digest>;
}

export function markImages(store: Store): Marked {
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
