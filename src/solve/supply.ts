/**
 * Layers that are not there yet.
 *
 * A snapshot names layers; their files are needed only by whoever works on them. So a
 * layer counts as available when its folder is there, when its tar is, or when an image
 * or a travelling cache offers it. It is brought when somebody needs it.
 */
import { rmSync } from "node:fs";
import type { Readable } from "node:stream";
import { allSettled, bug, type Digest, hexOf, memo } from "../core/index.ts";
import type { Source } from "../graph/index.ts";
import { compressionOf, type Descriptor } from "../oci/index.ts";
import type { LayerDiff, LayerId, Store } from "../store/index.ts";
import { offload, recompress } from "../tree/index.ts";
import type { Snapshot } from "./cache.ts";
import { unknownLayerType, wrongDiffId } from "./errors.ts";
import { fetchBlob, fetchLayer, layerOf, type OpenBlob, openTold, type Transfer, tellTransfer } from "./sources/image.ts";

type ImageSource = Extract<Source, { kind: "image" }>;

/** The tar of a layer, somewhere else. */
export interface LayerOffer {
  /** As it lies there. */
  readonly descriptor: Descriptor;
  /** Place it comes from, for messages. */
  readonly from: string;
  readonly open: (signal: AbortSignal) => Promise<Readable>;
}

/** What a layer is whose folder is not there: kept in the record `tars` under its diffID. */
export interface TarRecord {
  /** Bytes of the uncompressed tar. */
  readonly size: number;
  /** The time of the newest file in it, in milliseconds since the epoch; 0 if it is empty. */
  readonly newest: number;
}

export class Supply {
  readonly #store: Store;
  readonly #openBlob: OpenBlob;
  readonly #offers = new Map<Digest, LayerOffer>();
  readonly #images = new Map<Digest, ImageSource>();
  readonly #mounts = new Map<string, Digest>();
  readonly #coming = new Map<Digest, Promise<void>>();

  constructor(store: Store, openBlob: OpenBlob) {
    this.#store = store;
    this.#openBlob = openBlob;
  }

  /** A place that has the layer of this diffID. Of several the first counts. */
  offer(diffId: Digest, offer: LayerOffer): void {
    if (!this.#offers.has(diffId)) this.#offers.set(diffId, offer);
  }

  /** The layers of an image can be had from where the image is. */
  offerImage(source: ImageSource): void {
    for (const diffId of source.diffIds) if (!this.#images.has(diffId)) this.#images.set(diffId, source);
  }

  /** The cache mount of this name can start with the files of a layer. */
  offerMount(name: string, diffId: Digest): void {
    if (!this.#mounts.has(name)) this.#mounts.set(name, diffId);
  }

  offerOf(diffId: Digest): LayerOffer | undefined {
    return this.#offers.get(diffId);
  }

  /** Whether somebody can use the layer: it is there, or it can be brought. */
  has(layer: LayerId): boolean {
    const { layers, blobs } = this.#store;
    return layers.has(layer) || this.#offers.has(layer) || this.#images.has(layer) || blobs.has(layer);
  }

  /** Brings the folders of layers, several at once. Throws what a transfer throws, and DIFFID_MISMATCH. */
  async bring(layers: Snapshot, job: Transfer): Promise<void> {
    const missing = [...new Set(layers)].filter((layer) => !this.#store.layers.has(layer));
    await allSettled(missing.map((layer) => memo(this.#coming, layer, () => this.#bringLayer(layer, job))));
  }

  /** Brings the uncompressed tars of layers that have neither folder nor tar here. */
  async bringTars(layers: Snapshot, job: Transfer): Promise<void> {
    const missing = [...new Set(layers)].filter((layer) => !this.#store.layers.has(layer));
    await allSettled(missing.map((layer) => this.#bringTar(layer, job)));
  }

  /** The file with the tar a cache mount starts with; undefined if none is offered. */
  async mountTar(name: string, job: Transfer): Promise<string | undefined> {
    const diffId = this.#mounts.get(name);
    if (!diffId) return undefined;
    await this.#bringTar(diffId, job);
    return this.#store.blobs.path(diffId);
  }

  async #bringLayer(layer: LayerId, job: Transfer): Promise<void> {
    const image = this.#images.get(layer);
    if (image && !this.#offers.has(layer) && !this.#store.blobs.has(layer)) {
      await fetchLayer(this.#store, image, layer, this.#openBlob, job);
      return;
    }
    await this.#bringTar(layer, job);
    const file = this.#store.blobs.path(layer);
    const fill = async ({ folder }: { folder: string }): Promise<LayerDiff> => {
      const unpacked = await offload("unpackLayer", { file, compression: "none", folder }, job.signal);
      if (unpacked.diffId !== layer) throw wrongDiffId("the store", layer, unpacked.diffId);
      return unpacked;
    };
    await this.#store.layers.make(layer, [], fill, job.signal);
  }

  async #bringTar(diffId: Digest, job: Transfer): Promise<void> {
    const { blobs } = this.#store;
    if (blobs.has(diffId)) return;
    const offer = this.#offers.get(diffId);
    if (!offer) throw bug(`nobody has the layer ${diffId}`);
    const compression = compressionOf(offer.descriptor.mediaType);
    if (!compression) throw unknownLayerType(offer.descriptor.mediaType);
    if (compression === "none")
      return fetchBlob(this.#store, offer.from, offer.descriptor, (_, __, signal) => offer.open(signal), job);
    using _lock = await this.#store.lock(`blob-${hexOf(diffId)}`, job.signal);
    if (blobs.has(diffId)) return;
    const bytes = await openTold(offer.descriptor, offer.open, job);
    const received = await blobs.receive(offer.descriptor, bytes, `a layer of ${offer.from}`);
    const file = blobs.temporary();
    try {
      const plain = await recompress({ file: received, from: compression, to: "none", out: file });
      if (plain.digest !== diffId) throw wrongDiffId(offer.from, diffId, plain.digest);
      blobs.adopt(file, diffId);
    } finally {
      rmSync(received, { force: true });
      rmSync(file, { force: true });
    }
    tellTransfer(job, offer.descriptor, offer.descriptor.size, true);
  }
}

/** The layers of an image as the store knows them: those it lacks by their diffIDs. */
export function namesOf(store: Store, diffIds: readonly Digest[]): Snapshot {
  return diffIds.map((diffId) => layerOf(store, diffId) ?? diffId);
}
