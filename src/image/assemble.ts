/**
 * An image from layers and a config: what `build` and `commit` end with.
 *
 * The image keeps the base's layers as the base's manifest describes them, compressed
 * as they came, so that a registry that has the base is sent only what is new.
 */
import { bug, type Digest } from "../core/index.ts";
import { type Descriptor, type History, type ImageConfig, type Manifest, MEDIA, toOci } from "../oci/index.ts";
import type { LayerId, Store } from "../store/index.ts";
import { clampedLayerBlob, type LayerBlob, layerBlob } from "./layer.ts";

/** A line of the history of an image to be. */
export interface HistoryLine {
  readonly entry: History;
  /** The line came with the base and stays as it is. */
  readonly fromBase: boolean;
}

/** What an image is made from. */
export interface Parts {
  /** Config without `rootfs`, `history`, `created`. */
  readonly config: Omit<ImageConfig, "rootfs" | "history" | "created">;
  readonly history: readonly HistoryLine[];
  /** The manifest whose layers lie below; none is scratch. */
  readonly base?: Digest;
  /** Layers above the base's, bottom to top. */
  readonly layers: readonly LayerId[];
  /** Time of the image, RFC 3339; the time its newest layer was made if left out. */
  readonly created?: string;
  /** Times of files in the new layers that are later become this one, in seconds since the epoch. */
  readonly latest?: number;
}

/** Writes config and manifest of an image and describes it. The layers' blobs are in the store afterwards. */
export async function assembleImage(store: Store, parts: Parts): Promise<Descriptor> {
  const base = baseOf(store, parts.base);
  const blobs = await Promise.all(parts.layers.map((id) => blobOf(store, id, parts.latest)));
  const times = blobs.map((blob) => parts.created ?? new Date(blob.madeAt).toISOString());
  const history = timed(parts, times, base.config?.created);
  const config: ImageConfig = {
    ...parts.config,
    ...optionally("created", parts.created ?? newest(history) ?? base.config?.created),
    rootfs: { type: "layers", diff_ids: [...base.diffIds, ...blobs.map((blob) => blob.diffId)] },
    history,
  };
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config: store.blobs.putJson(MEDIA.config, config),
    layers: [...base.layers, ...blobs.map((blob) => blob.descriptor)],
  };
  const described = store.blobs.putJson(MEDIA.manifest, manifest);
  const { os, architecture, variant } = config;
  return { ...described, platform: { os, architecture, ...optionally("variant", variant) } };
}

function blobOf(store: Store, id: LayerId, latest: number | undefined): Promise<LayerBlob> {
  return latest === undefined ? layerBlob(store, id) : clampedLayerBlob(store, id, latest);
}

function baseOf(
  store: Store,
  digest: Digest | undefined,
): { layers: Descriptor[]; diffIds: readonly Digest[]; config?: ImageConfig } {
  if (!digest) return { layers: [], diffIds: [] };
  const manifest = store.images.manifest(digest);
  const config = store.images.config(manifest.config.digest);
  const layers = manifest.layers.map(({ mediaType, digest: layer, size }) => ({
    mediaType: toOci(mediaType),
    digest: layer,
    size,
  }));
  return { layers, diffIds: config.rootfs.diff_ids, config };
}

/**
 * Each new line gets the time its layer was made; a line without a layer that of the
 * line before it. So an image built again from the cache is the same image.
 */
function timed(parts: Parts, times: readonly string[], baseCreated: string | undefined): History[] {
  let next = 0;
  let last = parts.created ?? times[0] ?? baseCreated;
  const history = parts.history.map(({ entry, fromBase }) => {
    if (fromBase) return entry;
    if (!entry.empty_layer) last = times[next++] ?? last;
    return { ...optionally("created", last), ...entry };
  });
  if (next !== parts.layers.length) throw bug(`${parts.layers.length} layers, but ${next} lines of history with one`);
  return history;
}

function newest(history: readonly History[]): string | undefined {
  return history
    .map((line) => line.created)
    .filter((time) => time !== undefined)
    .sort()
    .at(-1);
}

function optionally<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}
