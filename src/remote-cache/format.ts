/**
 * A build cache that travels, as it is written down.
 *
 * It is an ordinary image manifest: its layers are those that steps made, and its config
 * says in a field of its own what they are the results of. So every registry keeps it and
 * every tool copies it; an image whose config has the field carries its own cache along
 * (`type=inline`). Layers are named by diffID, which does not change with compression.
 */
import type { Digest } from "../core/index.ts";
import type { Origin } from "../graph/index.ts";
import type { ImageConfig, Manifest } from "../oci/index.ts";
import type { Ingredients, Key } from "../solve/index.ts";

/** The field of the config. */
export const CACHE_FIELD = "slipway.cache";
const VERSION = 1;

/** A step that was done. */
export interface CachedResult {
  readonly key: Key;
  /** DiffIDs, bottom to top. Those of base images are not among the manifest's layers. */
  readonly layers: readonly Digest[];
  readonly from: Ingredients;
  readonly origin: Origin;
  /** When a build last used it, in days since the epoch. */
  readonly used: number;
}

/** What somebody found that the files selected from a result are. */
export interface CachedContent {
  readonly key: Digest;
  readonly digest: Digest;
  readonly used: number;
}

/** What a cache mount held. */
export interface CachedMount {
  /** Of the folder. */
  readonly name: string;
  /** As the Dockerfile calls it. */
  readonly id: string;
  readonly layer: Digest;
  readonly used: number;
}

export interface CachedLayer {
  /** Bytes of the uncompressed tar. */
  readonly size: number;
  /** The time of the newest file in it, in milliseconds since the epoch; 0 if it is empty. */
  readonly newest: number;
}

/** All that a cache tells. */
export interface CacheBody {
  readonly version: number;
  readonly layers: Readonly<Record<Digest, CachedLayer>>;
  readonly results: readonly CachedResult[];
  readonly contents: readonly CachedContent[];
  readonly mounts: readonly CachedMount[];
}

/** The config of an image that has a cache in it. */
export type CacheConfig = ImageConfig & { readonly [CACHE_FIELD]: CacheBody };

export const EMPTY: CacheBody = { version: VERSION, layers: {}, results: [], contents: [], mounts: [] };

/** The cache in a config; undefined if there is none that this version reads. */
export function cacheIn(config: ImageConfig): CacheBody | undefined {
  const body = (config as Partial<CacheConfig>)[CACHE_FIELD];
  const lists = [body?.results, body?.contents, body?.mounts];
  return body?.version === VERSION && lists.every(Array.isArray) && typeof body.layers === "object" ? body : undefined;
}

/** The config of a manifest that is a cache and nothing else. */
export function cacheConfig(body: CacheBody, diffIds: readonly Digest[]): CacheConfig {
  return { architecture: "unknown", os: "unknown", rootfs: { type: "layers", diff_ids: diffIds }, [CACHE_FIELD]: body };
}

/**
 * Two caches as one: of what both tell the newer counts. What no build has used since
 * `oldest` (days since the epoch) goes, and so do layers that nothing names any more.
 */
export function mergeCaches(old: CacheBody, fresh: CacheBody, oldest: number): CacheBody {
  const results = merged(old.results, fresh.results, (one) => one.key, oldest);
  const contents = merged(old.contents, fresh.contents, (one) => one.key, oldest);
  const mounts = merged(old.mounts, fresh.mounts, (one) => one.name, oldest);
  const known = { ...old.layers, ...fresh.layers };
  const wanted = new Set([...results.flatMap((result) => result.layers), ...mounts.map((mount) => mount.layer)]);
  const layers = Object.fromEntries(Object.entries(known).filter(([diffId]) => wanted.has(diffId as Digest)));
  return { version: VERSION, layers: inOrder(layers), results, contents, mounts };
}

function merged<T extends { readonly used: number }>(
  old: readonly T[],
  fresh: readonly T[],
  nameOf: (one: T) => string,
  oldest: number,
): T[] {
  const found = new Map<string, T>();
  for (const one of [...old, ...fresh]) {
    const other = found.get(nameOf(one));
    if (one.used >= oldest && (!other || one.used >= other.used)) found.set(nameOf(one), one);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

function inOrder<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Where each layer of a manifest is, by diffID. */
export function layersOf(manifest: Manifest, config: ImageConfig): Map<Digest, Manifest["layers"][number]> {
  const pairs = config.rootfs.diff_ids.map((diffId, i) => [diffId, manifest.layers[i]] as const);
  return new Map(pairs.flatMap(([diffId, layer]) => (layer ? [[diffId, layer] as const] : [])));
}
