/** An image from the store into a registry: only what the registry lacks is sent. */
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { allSettled, type Digest, Limit, type OnProgress, SlipwayError } from "../core/index.ts";
import { knownForm, withForm } from "../image/index.ts";
import {
  type Compression,
  type ContentTarget,
  compressionOf,
  type Descriptor,
  familiarName,
  isIndexType,
  MEDIA,
  parseReference,
  type Reference,
  repositoryName,
  toDocker,
  withDefaultTag,
} from "../oci/index.ts";
import { blobMissing, imageNotFound, type Store } from "../store/index.ts";
import { notePlace, placesOf } from "./blob-places.ts";
import { findLocal } from "./resolve-image.ts";
import type { Workbench } from "./workbench.ts";

export interface PushOptions {
  /** What to push; the image of the store that has the name if left out. */
  readonly descriptor?: Descriptor;
  /** The registry is given no tag. */
  readonly byDigest?: boolean;
  /** What layers become that are not compressed; `gzip` if left out, as registries expect it. */
  readonly compression?: Compression;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

export interface PushResult {
  readonly name: string;
  /** The manifest as the registry has it. */
  readonly descriptor: Descriptor;
  readonly digest: Digest;
  /** Bytes of the manifest. */
  readonly size: number;
}

const AT_ONCE = 4;

/**
 * Pushes an image. Layers are compressed on the way, so the manifest, which is kept in the store as
 * well, is another one than that of the image built here. Throws IMAGE_NOT_FOUND and REGISTRY_*.
 */
export async function pushImage(bench: Workbench, name: string, options: PushOptions = {}): Promise<PushResult> {
  const reference = withDefaultTag(parseReference(name));
  const descriptor = options.descriptor ?? findLocal(bench.store, name);
  if (!descriptor) throw imageNotFound(familiarName(reference));
  const { target } = await bench.repository(reference);
  const sender = new Sender(bench, reference, target, options);
  const sent = await sender.send(descriptor, options.byDigest ? undefined : reference.tag);
  return { name: familiarName(reference), descriptor: sent, digest: sent.digest, size: sent.size };
}

/** Sends one image to one repository. */
class Sender {
  readonly #bench: Workbench;
  readonly #store: Store;
  readonly #to: Reference;
  readonly #target: ContentTarget;
  readonly #options: PushOptions;
  readonly #limit = new Limit(AT_ONCE);

  constructor(bench: Workbench, to: Reference, target: ContentTarget, options: PushOptions) {
    this.#bench = bench;
    this.#store = bench.store;
    this.#to = to;
    this.#target = target;
    this.#options = options;
  }

  /** Sends a manifest or an index after all that it names; describes it as it was sent. */
  async send(top: Descriptor, tag: string | undefined): Promise<Descriptor> {
    const sent = { ...top, ...(isIndexType(top.mediaType) ? await this.#index(top) : await this.#manifest(top)) };
    await this.#target.putManifest(sent, this.#store.blobs.read(sent.digest), tag);
    return sent;
  }

  async #index(top: Descriptor): Promise<Descriptor> {
    const index = this.#store.images.index(top.digest);
    const manifests: Descriptor[] = [];
    for (const manifest of index.manifests) manifests.push(await this.send(manifest, undefined));
    return isSame(manifests, index.manifests) ? top : this.#store.blobs.putJson(top.mediaType, { ...index, manifests });
  }

  async #manifest(top: Descriptor): Promise<Descriptor> {
    const manifest = this.#store.images.manifest(top.digest);
    const [config, ...layers] = await allSettled(
      [manifest.config, ...manifest.layers].map((blob) => this.#limit.run(() => this.#layer(blob))),
    );
    if (isSame(layers, manifest.layers)) return top;
    return this.#store.blobs.putJson(top.mediaType, { ...manifest, config, layers });
  }

  /** Sends a blob, compressed if it is a layer that is not. One that the registry has is not even compressed again. */
  async #layer(blob: Descriptor): Promise<Descriptor> {
    const { compression = "gzip" } = this.#options;
    if (compression === "none" || compressionOf(blob.mediaType) !== "none") {
      await this.#blob(blob, () => this.#open(blob));
      return blob;
    }
    const named = (form: Descriptor): Descriptor =>
      blob.mediaType === MEDIA.layer ? form : { ...form, mediaType: toDocker(form.mediaType) };
    const known = knownForm(this.#store, blob.digest, compression);
    if (known && (await this.#target.has(known))) {
      this.#tell(blob, "Layer already exists", true);
      return named(known);
    }
    if (!this.#store.blobs.has(blob.digest)) throw blobMissing(blob.digest);
    return withForm(this.#store, blob.digest, compression, async (form, file) => {
      await this.#blob(form, () => createReadStream(file, { highWaterMark: 1 << 20 }));
      return named(form);
    });
  }

  async #blob(blob: Descriptor, open: () => Readable): Promise<void> {
    if (await this.#target.has(blob)) {
      this.#tell(blob, "Layer already exists", true);
    } else {
      const from = await this.#mount(blob.digest);
      if (from !== undefined) this.#tell(blob, `Mounted from ${from}`, true);
      else {
        this.#tell(blob, "Pushing", false);
        await this.#target.put(blob, open, this.#options.signal);
        this.#tell(blob, "Pushed", true);
      }
    }
    notePlace(this.#store, blob.digest, repositoryName(this.#to));
  }

  /** Lets the registry take the blob over from another of its repositories; the repository, or undefined if none will do. */
  async #mount(digest: Digest): Promise<string | undefined> {
    for (const place of placesOf(this.#store, digest)) {
      const { domain, path } = parseReference(place);
      if (domain !== this.#to.domain || path === this.#to.path) continue;
      try {
        if (await this.#target.mount?.(digest, path)) return path;
      } catch (error) {
        // Who may not read there, or a registry that cannot do this, is sent the blob.
        if (!(error instanceof SlipwayError)) throw error;
      }
    }
    return undefined;
  }

  /** From the store; or, for a layer of a base that was never needed here, from where the base is. */
  #open(blob: Descriptor): Readable {
    const [place] = placesOf(this.#store, blob.digest);
    if (this.#store.blobs.has(blob.digest) || place === undefined) return this.#store.blobs.open(blob.digest);
    return Readable.from(this.#passOn(blob, place));
  }

  async *#passOn(blob: Descriptor, place: string): AsyncGenerator<Buffer> {
    const { source } = await this.#bench.repository(parseReference(place));
    yield* (await source.open(blob, this.#options.signal)) as AsyncIterable<Buffer>;
  }

  #tell(blob: Descriptor, what: string, done: boolean): void {
    const id = blob.digest.slice(7, 19);
    this.#options.onProgress?.({ type: "status", id: "push", what: `${id}: ${what}`, done, time: Date.now() });
  }
}

function isSame(after: readonly Descriptor[], before: readonly Descriptor[]): boolean {
  return after.every((descriptor, n) => descriptor.digest === before[n]?.digest);
}
