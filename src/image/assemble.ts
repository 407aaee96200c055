/**
 * An image from layers and a config: what `build` and `commit` end with.
 *
 * The image keeps the base's layers as the base's manifest describes them, compressed
 * as they came, so that a registry that has the base is sent only what is new.
 */
import { bug, type Digest, UNDATED_MS } from "../core/index.ts";
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
  /** Time of the image and of its new lines of history, RFC 3339; that of the newest file if left out. */
  readonly created?: string;
  /** Times of files in the new layers that are later become this one, in seconds since the epoch. */
  readonly latest?: number;
}

/** Writes config and manifest of an image and describes it. The layers' blobs are in the store afterwards. */
export async function assembleImage(store: Store, parts: Parts): Promise<Descriptor> {
  const base = baseOf(store, parts.base);
  const blobs = await Promise.all(parts.layers.map((id) => blobOf(store, id, parts.latest)));
  const history = timed(
    parts,
    blobs.map((blob) => blob.newest),
    base.config?.created,
  );
  const config: ImageConfig = {
    ...parts.config,
    created: parts.created ?? history.at(-1)?.created ?? timeOf(base.config?.created),
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
 * Each new line is as old as the newest file so far: the base's, those of its own layer
 * and of the layers below. No clock has a part in it, so the same files give the same
 * image, whenever and wherever it is put together.
 */
function timed(parts: Parts, newest: readonly number[], baseCreated: string | undefined): History[] {
  let next = 0;
  let last = parts.created ?? timeOf(baseCreated);
  const history = parts.history.map(({ entry, fromBase }) => {
    if (fromBase) return entry;
    const time = entry.empty_layer ? 0 : (newest[next++] ?? 0);
    if (parts.created === undefined && time > Date.parse(last)) last = new Date(time).toISOString();
    return { created: last, ...entry };
  });
  if (next !== parts.layers.length) throw bug(`${parts.layers.length} layers, but ${next} lines of history with one`);
  return history;
}

/** A time as RFC 3339; that of what has none is the earliest. */
function timeOf(created: string | undefined): string {
  const time = created === undefined ? Number.NaN : Date.parse(created);
  return time > UNDATED_MS ? (created as string) : new Date(UNDATED_MS).toISOString();
}

function optionally<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}
