/**
 * Writes a cache to a place and keeps what is there: other platforms, branches and
 * machines may write to it as well. Layers that the place has are not sent again.
 */

import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { allSettled, type Digest, digestOfBytes, Limit, type OnProgress, SlipwayError } from "../core/index.ts";
import { knownForm, withForm } from "../image/index.ts";
import { type Compression, type Descriptor, type Manifest, MEDIA } from "../oci/index.ts";
import type { Supply } from "../solve/index.ts";
import type { Store } from "../store/index.ts";
import { placeBusy, placeIsImage } from "./errors.ts";
import { type CacheBody, cacheConfig, EMPTY, mergeCaches } from "./format.ts";
import { dayOf } from "./gather.ts";
import type { OpenPlace } from "./place.ts";
import { readPlace } from "./read.ts";

export interface ExportOptions {
  readonly compression: Compression;
  /** What was there before is dropped. */
  readonly reset: boolean;
  /** Records that no build has used for so many days are dropped. */
  readonly maxAgeDays: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly progress: OnProgress;
  /** Of the vertex that the export is, in progress events. */
  readonly id: string;
  readonly signal: AbortSignal;
  /** Milliseconds go by; for tests. */
  readonly pause?: (ms: number) => Promise<void>;
}

const TRIES = 20;
/** A tag is looked at again so long after it was written, and at least as long as looking and writing took. */
const SETTLE_MS = 100;
const AT_ONCE = 4;

/** Throws CACHE_PLACE_TAKEN, CACHE_PLACE_BUSY, CACHE_NOT_WRITABLE, REGISTRY_*. */
export async function exportCache(
  place: OpenPlace,
  fresh: CacheBody,
  store: Store,
  supply: Supply,
  options: ExportOptions,
): Promise<void> {
  const exporter = new Exporter(place, store, supply, options);
  if (!place.layout) return exporter.write(fresh);
  const { layout } = place;
  await layout.alone(async () => {
    await exporter.write(fresh);
    layout.sweep(options.now);
  }, options.signal);
}

interface Before {
  readonly digest: Digest | undefined;
  readonly body: CacheBody;
  readonly layers: ReadonlyMap<Digest, Descriptor>;
}

class Exporter {
  readonly #place: OpenPlace;
  readonly #store: Store;
  readonly #supply: Supply;
  readonly #options: ExportOptions;

  constructor(place: OpenPlace, store: Store, supply: Supply, options: ExportOptions) {
    this.#place = place;
    this.#store = store;
    this.#supply = supply;
    this.#options = options;
  }

  /**
   * A registry cannot be locked: what somebody else wrote in the meantime is merged as well. Who
   * looked before the tag was written here may write over it, and what is lost so is put back.
   */
  async write(fresh: CacheBody): Promise<void> {
    let body = fresh;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const before = await this.#before();
      body = mergeCaches(before.body, body, dayOf(this.#options.now) - this.#options.maxAgeDays);
      const manifest = await this.#manifest(body, before.layers);
      const bytes = Buffer.from(JSON.stringify(manifest));
      const descriptor: Descriptor = { mediaType: MEDIA.manifest, digest: digestOfBytes(bytes), size: bytes.length };
      if (before.digest === descriptor.digest) return;
      const began = performance.now();
      if ((await this.#digestThere()) !== before.digest) continue;
      this.#tell(`writing cache manifest ${descriptor.digest}`);
      await this.#place.target.putManifest(descriptor, bytes, this.#place.tag);
      if (!this.#place.layout) await this.#pause(Math.max(SETTLE_MS, performance.now() - began));
      if ((await this.#digestThere()) === descriptor.digest) return;
    }
    throw placeBusy(this.#place.name);
  }

  #pause(ms: number): Promise<void> {
    return this.#options.pause?.(ms) ?? sleep(ms, undefined, { signal: this.#options.signal });
  }

  async #before(): Promise<Before> {
    const nothing: Before = { digest: undefined, body: EMPTY, layers: new Map() };
    if ((await this.#digestThere()) === undefined) return nothing;
    const { top, caches, isImage } = await readPlace(this.#place, this.#options.signal);
    if (isImage) throw placeIsImage(this.#place.name);
    if (this.#options.reset) return { ...nothing, digest: top.digest };
    const [first] = caches;
    return { digest: top.digest, body: first?.body ?? EMPTY, layers: first?.layers ?? new Map() };
  }

  async #digestThere(): Promise<Digest | undefined> {
    try {
      return (await this.#place.source.resolve(this.#place.tag)).digest;
    } catch (error) {
      const { code = "" } = error as SlipwayError;
      if (error instanceof SlipwayError && ["REGISTRY_NOT_FOUND", "CACHE_MISSING"].includes(code)) return undefined;
      throw error;
    }
  }

  async #manifest(body: CacheBody, there: ReadonlyMap<Digest, Descriptor>): Promise<Manifest> {
    const limit = new Limit(AT_ONCE);
    const diffIds = Object.keys(body.layers) as Digest[];
    const layers = await allSettled(diffIds.map((diffId) => limit.run(() => this.#layer(diffId, there.get(diffId)))));
    const config = Buffer.from(JSON.stringify(cacheConfig(body, diffIds)));
    const described: Descriptor = { mediaType: MEDIA.config, digest: digestOfBytes(config), size: config.length };
    await this.#send(described, () => Readable.from([config]));
    return { schemaVersion: 2, mediaType: MEDIA.manifest, config: described, layers };
  }

  /** Sees to it that the place has a layer. */
  async #layer(diffId: Digest, there: Descriptor | undefined): Promise<Descriptor> {
    const { target } = this.#place;
    if (there && (await target.has(there))) return there;
    const known = knownForm(this.#store, diffId, this.#options.compression);
    if (known && (await target.has(known))) return known;
    const offer = this.#supply.offerOf(diffId);
    if (offer && !this.#store.blobs.has(diffId)) {
      await this.#send(offer.descriptor, () => Readable.from(later(() => offer.open(this.#options.signal))));
      return offer.descriptor;
    }
    const send = async (descriptor: Descriptor, file: string): Promise<Descriptor> => {
      await this.#send(descriptor, () => createReadStream(file, { highWaterMark: 1 << 20 }));
      return descriptor;
    };
    return withForm(this.#store, diffId, this.#options.compression, send);
  }

  async #send(descriptor: Descriptor, open: () => Readable): Promise<void> {
    const { target } = this.#place;
    if (await target.has(descriptor)) return;
    this.#tell(`writing ${descriptor.mediaType === MEDIA.config ? "config" : "layer"} ${descriptor.digest}`);
    await target.put(descriptor, open, this.#options.signal);
  }

  #tell(what: string): void {
    this.#options.progress({ type: "status", id: this.#options.id, what, done: true, time: this.#options.now });
  }
}

async function* later(open: () => Promise<Readable>): AsyncGenerator<Buffer> {
  yield* (await open()) as AsyncIterable<Buffer>;
}
