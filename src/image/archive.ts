/**
 * Images out of a tar: an OCI image layout, or what `docker save` wrote, in any compression.
 *
 * Of the tar only the places of its files are remembered; a blob is read from there when
 * it is wanted, so that no image is ever in memory.
 */
import { createReadStream } from "node:fs";
import { posix } from "node:path";
import { Readable } from "node:stream";
import { type Digest, hexOf, SlipwayError } from "../core/index.ts";
import {
  compressionOf,
  type Descriptor,
  familiarName,
  type ImageConfig,
  type Index,
  isIndexType,
  type Manifest,
  MEDIA,
  parseReference,
  withDefaultTag,
} from "../oci/index.ts";
import type { Store } from "../store/index.ts";
import { TarReader } from "../tree/index.ts";
import { archiveIncomplete, archiveNoImage } from "./errors.ts";
import type { SavedImage } from "./save.ts";

/** Where a file lies in the tar. */
interface Place {
  readonly offset: number;
  readonly size: number;
}

/** Brings the images of a plain tar into the store and names them. Throws ARCHIVE_NO_IMAGE, ARCHIVE_INCOMPLETE, DIGEST_MISMATCH. */
export async function loadArchive(store: Store, file: string): Promise<SavedImage[]> {
  const archive = await ImageTar.open(file);
  const images = archive.has("index.json") ? await archive.fromLayout(store) : await archive.fromDocker(store);
  for (const { descriptor, names } of images) await store.images.tag(descriptor, names);
  return images;
}

class ImageTar {
  readonly #file: string;
  readonly #places: ReadonlyMap<string, Place>;

  private constructor(file: string, places: ReadonlyMap<string, Place>) {
    this.#file = file;
    this.#places = places;
  }

  static async open(file: string): Promise<ImageTar> {
    const places = new Map<string, Place>();
    const links = new Map<string, string>();
    let offset = 0;
    let chunkStart = 0;
    let chunkAt = 0;
    const reader = new TarReader((entry) => {
      const name = clean(entry.path);
      if (entry.type === "symlink") links.set(name, clean(posix.join(posix.dirname(name), entry.link ?? "")));
      if (entry.type === "hardlink") links.set(name, clean(entry.link ?? ""));
      if (entry.type !== "file") return undefined;
      let first: number | undefined;
      if (entry.size === 0) places.set(name, { offset: 0, size: 0 });
      return {
        write(chunk) {
          if (first !== undefined) return;
          first = chunkStart + chunk.byteOffset - chunkAt;
          places.set(name, { offset: first, size: entry.size });
        },
        end() {},
      };
    });
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      // Chunks are cut at whole blocks, so that the reader never copies what it hands out.
      for (let at = 0; at < chunk.length; at += 512 * 128) {
        const part = chunk.subarray(at, at + 512 * 128);
        chunkStart = offset;
        chunkAt = part.byteOffset;
        reader.write(part);
        offset += part.length;
      }
    }
    reader.finish();
    for (const [name, target] of links) {
      const place = places.get(target);
      if (place) places.set(name, place);
    }
    return new ImageTar(file, places);
  }

  has(name: string): boolean {
    return this.#places.has(name);
  }

  /** An OCI layout: its blobs are taken over as they are. */
  async fromLayout(store: Store): Promise<SavedImage[]> {
    const index = (await this.#json("index.json")) as Index;
    const docker = this.has("manifest.json")
      ? ((await this.#json("manifest.json")) as { Config: string; RepoTags?: string[] | null }[])
      : [];
    const images = new Map<Digest, { descriptor: Descriptor; names: Set<string> }>();
    for (const entry of index.manifests) {
      const { annotations, ...descriptor } = entry;
      await this.#take(store, descriptor);
      const image = images.get(descriptor.digest) ?? { descriptor, names: new Set<string>() };
      images.set(descriptor.digest, image);
      const name = nameOf(annotations);
      if (name) image.names.add(name);
      const config = store.images.idOf(descriptor);
      const told = docker.find((one) => config && one.Config.endsWith(hexOf(config)));
      for (const tag of told?.RepoTags ?? []) image.names.add(familiarName(withDefaultTag(parseReference(tag))));
    }
    if (images.size === 0) throw archiveNoImage(this.#file);
    return [...images.values()].map(({ descriptor, names }) => ({ descriptor, names: [...names] }));
  }

  async #take(store: Store, descriptor: Descriptor): Promise<void> {
    const place = this.#places.get(`blobs/sha256/${hexOf(descriptor.digest)}`);
    if (!place && !store.blobs.has(descriptor.digest)) throw archiveIncomplete(descriptor.digest);
    if (place && !store.blobs.has(descriptor.digest)) {
      await store.blobs.put({ ...descriptor, size: descriptor.size }, this.#open(place), "a blob of the archive");
    }
    if (isIndexType(descriptor.mediaType)) {
      for (const manifest of store.images.index(descriptor.digest).manifests) {
        if (this.#places.has(`blobs/sha256/${hexOf(manifest.digest)}`)) await this.#take(store, manifest);
      }
    } else if (
      compressionOf(descriptor.mediaType) === undefined &&
      descriptor.mediaType !== MEDIA.config &&
      descriptor.mediaType !== MEDIA.dockerConfig
    ) {
      const { config, layers } = store.images.manifest(descriptor.digest);
      for (const blob of [config, ...layers]) await this.#takeBlob(store, blob);
    }
  }

  async #takeBlob(store: Store, blob: Descriptor): Promise<void> {
    if (store.blobs.has(blob.digest)) return;
    const place = this.#places.get(`blobs/sha256/${hexOf(blob.digest)}`);
    if (!place) throw archiveIncomplete(blob.digest);
    await store.blobs.put(blob, this.#open(place), "a blob of the archive");
  }

  /** What older versions of `docker save` wrote: manifest.json alone says what is what. */
  async fromDocker(store: Store): Promise<SavedImage[]> {
    if (!this.has("manifest.json")) throw archiveNoImage(this.#file);
    const entries = (await this.#json("manifest.json")) as { Config: string; RepoTags?: string[] | null; Layers: string[] }[];
    const images: SavedImage[] = [];
    for (const entry of entries) {
      const configBytes = await this.#read(clean(entry.Config));
      const config = JSON.parse(configBytes.toString("utf8")) as ImageConfig;
      const layers: Descriptor[] = [];
      for (const [i, name] of entry.Layers.entries()) {
        const place = this.#places.get(clean(name));
        const digest = config.rootfs.diff_ids[i];
        if (!place || !digest) throw archiveIncomplete(name);
        const layer = { mediaType: MEDIA.layer, digest, size: place.size };
        if (!store.blobs.has(digest)) await store.blobs.put(layer, this.#open(place), `the layer ${name}`);
        layers.push(layer);
      }
      const configDigest = store.blobs.putBytes(configBytes);
      const manifest: Manifest = {
        schemaVersion: 2,
        mediaType: MEDIA.manifest,
        config: { mediaType: MEDIA.config, digest: configDigest, size: configBytes.length },
        layers,
      };
      const names = (entry.RepoTags ?? []).map((tag) => familiarName(withDefaultTag(parseReference(tag))));
      images.push({ descriptor: store.blobs.putJson(MEDIA.manifest, manifest), names });
    }
    return images;
  }

  #open({ offset, size }: Place): Readable {
    if (size === 0) return Readable.from([]);
    return createReadStream(this.#file, { start: offset, end: offset + size - 1, highWaterMark: 1 << 20 });
  }

  async #read(name: string): Promise<Buffer> {
    const place = this.#places.get(name);
    if (!place) throw archiveIncomplete(name);
    const parts: Buffer[] = [];
    for await (const chunk of this.#open(place) as AsyncIterable<Buffer>) parts.push(chunk);
    return Buffer.concat(parts);
  }

  async #json(name: string): Promise<unknown> {
    const bytes = await this.#read(name);
    try {
      return JSON.parse(bytes.toString("utf8"));
    } catch (error) {
      throw archiveNoImage(`${this.#file} (${name}: ${(error as Error).message})`);
    }
  }
}

/** docker writes the full name beside the tag; an OCI layout has the name, or only a tag, as ref.name. */
function nameOf(annotations: Readonly<Record<string, string>> | undefined): string | undefined {
  const full = annotations?.["io.containerd.image.name"] ?? annotations?.["org.opencontainers.image.ref.name"];
  if (!full || (!annotations?.["io.containerd.image.name"] && !/[:/]/.test(full))) return undefined;
  try {
    return familiarName(withDefaultTag(parseReference(full)));
  } catch (error) {
    if (error instanceof SlipwayError) return undefined;
    throw error;
  }
}

function clean(name: string): string {
  return posix.join("/", name).slice(1).replace(/\/$/, "");
}
