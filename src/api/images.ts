/** The images of the store, as lists show them. */
import { type Digest, hexOf } from "../core/index.ts";
import { type Descriptor, type ImageConfig, isIndexType, type Manifest } from "../oci/index.ts";
import { manifestFor } from "./resolve-image.ts";
import type { Workbench } from "./workbench.ts";

/** An image with what lists and `inspect` tell of it. */
export interface ImageSummary {
  /** Config digest; of an index its own. */
  readonly id: Digest;
  /** Familiar name with tag; undefined if it has none. */
  readonly name: string | undefined;
  readonly descriptor: Descriptor;
  readonly manifest: Manifest;
  readonly config: ImageConfig;
  /** RFC 3339; undefined if the image does not say. */
  readonly created: string | undefined;
  /** Bytes of the files of all layers, uncompressed. */
  readonly size: number;
}

/** All images, newest first; one with two names stands twice. */
export function listImages(bench: Workbench): ImageSummary[] {
  const summaries = bench.store.images.list().flatMap(({ name, descriptor }) => summarize(bench, name, descriptor) ?? []);
  return summaries.sort((a, b) => compare(b.created ?? "", a.created ?? "") || compare(a.name ?? "", b.name ?? ""));
}

/** What is known of one image; undefined if its manifest or config is not in the store. */
export function summarize(bench: Workbench, name: string | undefined, descriptor: Descriptor): ImageSummary | undefined {
  const { images, blobs } = bench.store;
  const digest = isIndexType(descriptor.mediaType)
    ? manifestFor(bench.store, descriptor, bench.platform, name ?? descriptor.digest)
    : descriptor.digest;
  if (!blobs.has(digest)) return undefined;
  const manifest = images.manifest(digest);
  if (!blobs.has(manifest.config.digest)) return undefined;
  const config = images.config(manifest.config.digest);
  const id = isIndexType(descriptor.mediaType) ? descriptor.digest : manifest.config.digest;
  return { id, name, descriptor, manifest, config, created: config.created, size: sizeOf(bench, manifest, config) };
}

/** Bytes of the tars of the layers where they are known, else of the compressed blobs. */
function sizeOf(bench: Workbench, manifest: Manifest, config: ImageConfig): number {
  return manifest.layers.reduce((sum, layer, i) => sum + layerSize(bench, config.rootfs.diff_ids[i], layer.size), 0);
}

/** Bytes of one layer, uncompressed where that is known. */
export function layerSize(bench: Workbench, diffId: Digest | undefined, compressed: number): number {
  if (!diffId) return compressed;
  const built = bench.store.records.get<{ layer: Digest }>("diffs", diffId)?.layer;
  return (bench.store.layers.knownDiff(diffId) ?? (built && bench.store.layers.knownDiff(built)))?.size ?? compressed;
}

/** The first twelve digits of an ID, as tables show it. */
export function shortId(id: Digest): string {
  return hexOf(id).slice(0, 12);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
