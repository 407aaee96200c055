/**
 * Caches of other machines beside the store's own.
 *
 * Only what they tell is read at first; a layer comes when somebody needs its files. A
 * result that is used becomes a record of the store.
 */
import type { Readable } from "node:stream";
import type { Digest } from "../core/index.ts";
import type { Selector } from "../graph/index.ts";
import {
  type Cache,
  contentKey,
  type Ingredients,
  type Key,
  layerOf,
  type ResultRecord,
  type Snapshot,
  type Supply,
  storeCache,
  type TarRecord,
  type ToldStep,
} from "../solve/index.ts";
import type { Store } from "../store/index.ts";
import { noCacheInside } from "./errors.ts";
import type { CachedLayer, CachedResult } from "./format.ts";
import type { OpenPlace } from "./place.ts";
import { type FoundCache, readPlace } from "./read.ts";

/** What a place tells. */
export interface Offered {
  readonly place: OpenPlace;
  readonly caches: readonly FoundCache[];
}

/** The cache of a store, and what the places tell that were read. */
export class TravelCache implements Cache {
  readonly #store: Store;
  readonly #supply: Supply;
  readonly #own: Cache;
  readonly #results = new Map<Key, CachedResult>();
  readonly #contents = new Map<Digest, Digest>();
  readonly #layers = new Map<Digest, CachedLayer>();

  constructor(store: Store, supply: Supply) {
    this.#store = store;
    this.#supply = supply;
    this.#own = storeCache(store, (layer) => supply.has(layer));
  }

  /** Reads what a place tells. Throws CACHE_FOREIGN, CACHE_MISSING, CACHE_DAMAGED, REGISTRY_*. */
  async find(place: OpenPlace, signal: AbortSignal): Promise<Offered> {
    const { caches } = await readPlace(place, signal);
    if (caches.length === 0) throw noCacheInside(place.name);
    return { place, caches };
  }

  /** Takes over what a place tells. Of what several places tell the first counts. */
  async add({ place, caches }: Offered): Promise<void> {
    for (const { body, layers } of caches) {
      for (const [diffId, descriptor] of layers) {
        if (place.layout && !(await place.layout.has(descriptor))) continue;
        const open = (signal: AbortSignal): Promise<Readable> => place.source.open(descriptor, signal);
        this.#supply.offer(diffId, { descriptor, from: place.name, open });
      }
      for (const [diffId, layer] of Object.entries(body.layers)) this.#layers.set(diffId as Digest, layer);
      for (const result of body.results) if (!this.#results.has(result.key)) this.#results.set(result.key, result);
      for (const { key, digest } of body.contents) if (!this.#contents.has(key)) this.#contents.set(key, digest);
      for (const mount of body.mounts) if (this.#supply.offerOf(mount.layer)) this.#supply.offerMount(mount.name, mount.layer);
    }
  }

  /** The steps that the places tell of, those used last first. */
  told(): readonly ToldStep[] {
    return [...this.#results.values()].sort((a, b) => b.used - a.used);
  }

  result(key: Key): Snapshot | undefined {
    return this.#own.result(key) ?? this.#adopt(key);
  }

  content(key: Key, select: Selector): Digest | undefined {
    const own = this.#own.content(key, select);
    if (own) return own;
    const digest = this.#contents.get(contentKey(key, select));
    if (digest) this.#own.putContent(key, select, digest);
    return digest;
  }

  putResult(...record: Parameters<Cache["putResult"]>): void {
    this.#own.putResult(...record);
  }

  putContent(...record: Parameters<Cache["putContent"]>): void {
    this.#own.putContent(...record);
  }

  /** The whole record of a result. */
  record(key: Key): (ResultRecord & { readonly from: Ingredients }) | undefined {
    return this.result(key) && this.#store.records.get<ResultRecord>("results", key);
  }

  #adopt(key: Key): Snapshot | undefined {
    const found = this.#results.get(key);
    if (!found) return undefined;
    const snapshot = found.layers.map((diffId) => layerOf(this.#store, diffId) ?? diffId);
    if (!snapshot.every((layer) => this.#supply.has(layer))) return undefined;
    for (const diffId of found.layers) {
      const layer = this.#layers.get(diffId);
      if (layer) this.#store.records.put("tars", diffId, { size: layer.size, newest: layer.newest } satisfies TarRecord);
    }
    this.#own.putResult(key, snapshot, found.from, found.origin);
    return snapshot;
  }
}
