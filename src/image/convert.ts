/**
 * An image in another form: other compression, other media types, annotations.
 *
 * The store keeps layers as they are fastest to use. What leaves it is made from them
 * here; a compressed layer is remembered, so that it is made once.
 */
import { rmSync } from "node:fs";
import { type Digest, digestOf } from "../core/index.ts";
import {
  type Compression,
  compressionOf,
  type Descriptor,
  formatPlatform,
  type Index,
  isIndexType,
  type Manifest,
  MEDIA,
  type Platform,
  toDocker,
  toOci,
} from "../oci/index.ts";
import { blobMissing, type Store } from "../store/index.ts";
import { recompress } from "../tree/index.ts";

/** A word about an image or an index: in it, or where it is listed. */
export interface Annotation {
  readonly level: "manifest" | "index" | "manifest-descriptor" | "index-descriptor";
  /** Only for the manifest of this platform. */
  readonly platform?: Platform;
  readonly key: string;
  readonly value: string;
}

/** What an image is to be written as. What is left out stays as it is in the store. */
export interface ImageForm {
  /** For layers that are not compressed; for all with `force`. */
  readonly compression?: Compression;
  /** 0 to 9 for gzip, 1 to 22 for zstd. */
  readonly level?: number;
  readonly force?: boolean;
  /** False: Docker's media types. */
  readonly ociMediaTypes?: boolean;
  readonly annotations?: readonly Annotation[];
}

/** Writes the manifests, and the layers they need, into the store. Throws BLOB_MISSING, COMPRESSOR_MISSING. */
export async function convertImage(store: Store, descriptor: Descriptor, form: ImageForm): Promise<Descriptor> {
  if (Object.keys(form).length === 0) return descriptor;
  const rename = form.ociMediaTypes === false ? toDocker : toOci;
  if (!isIndexType(descriptor.mediaType)) {
    const top = await convertManifest(store, descriptor, form, rename);
    return withAnnotations(top, {
      ...annotationsOf(form, "manifest-descriptor", top.platform),
      ...annotationsOf(form, "index-descriptor"),
    });
  }
  const index = store.images.index(descriptor.digest);
  const manifests: Descriptor[] = [];
  for (const entry of index.manifests) {
    const converted = await convertManifest(store, entry, form, rename);
    manifests.push(withAnnotations(converted, annotationsOf(form, "manifest-descriptor", entry.platform)));
  }
  const annotations = { ...index.annotations, ...annotationsOf(form, "index") };
  const mediaType = rename(MEDIA.index);
  const made: Index = { ...index, mediaType, manifests, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) };
  return withAnnotations(store.blobs.putJson(mediaType, made), annotationsOf(form, "index-descriptor"));
}

async function convertManifest(
  store: Store,
  descriptor: Descriptor,
  form: ImageForm,
  rename: (mediaType: string) => string,
): Promise<Descriptor> {
  const manifest = store.images.manifest(descriptor.digest);
  const layers = await Promise.all(manifest.layers.map((layer) => convertLayer(store, layer, form)));
  const annotations = { ...manifest.annotations, ...annotationsOf(form, "manifest", descriptor.platform) };
  const mediaType = rename(manifest.mediaType ?? MEDIA.manifest);
  const made: Manifest = {
    ...manifest,
    mediaType,
    config: { ...manifest.config, mediaType: rename(manifest.config.mediaType) },
    layers: layers.map((layer) => ({ ...layer, mediaType: rename(layer.mediaType) })),
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
  };
  return { ...descriptor, ...store.blobs.putJson(mediaType, made) };
}

async function convertLayer(store: Store, layer: Descriptor, { compression, level, force }: ImageForm): Promise<Descriptor> {
  const from = compressionOf(layer.mediaType);
  // What is no layer, such as an attestation, is left alone.
  if (
    compression === undefined ||
    from === undefined ||
    (from !== "none" && !force) ||
    (from === compression && (from === "none" || level === undefined))
  )
    return layer;
  const mediaType = { none: MEDIA.layer, gzip: MEDIA.layerGzip, zstd: MEDIA.layerZstd }[compression];
  const key = digestOf(["compressed", layer.digest, compression, level ?? null]);
  const known = store.records.get<{ digest: Digest; size: number }>("compressed", key);
  if (known && store.blobs.has(known.digest)) return { mediaType, ...known };
  if (!store.blobs.has(layer.digest)) throw blobMissing(layer.digest);
  const out = store.blobs.temporary();
  try {
    const work = { file: store.blobs.path(layer.digest), from, to: compression, out };
    const made = await recompress({ ...work, ...(level === undefined ? {} : { level }) });
    store.blobs.adopt(out, made.digest);
    store.records.put("compressed", key, made);
    return { mediaType, ...made };
  } finally {
    rmSync(out, { force: true });
  }
}

function annotationsOf({ annotations }: ImageForm, level: Annotation["level"], platform?: Platform): Record<string, string> {
  const meant = (annotations ?? []).filter(
    (one) => one.level === level && (!one.platform || (platform && formatPlatform(one.platform) === formatPlatform(platform))),
  );
  return Object.fromEntries(meant.map(({ key, value }) => [key, value]));
}

function withAnnotations(descriptor: Descriptor, annotations: Readonly<Record<string, string>>): Descriptor {
  if (Object.keys(annotations).length === 0) return descriptor;
  return { ...descriptor, annotations: { ...descriptor.annotations, ...annotations } };
}
