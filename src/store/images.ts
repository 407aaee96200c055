/**
 * Names to images: the store's index.json.
 *
 * It is the index of an OCI image layout, so others read the images as they lie. A
 * named image has its familiar name (`app:latest`, `ghcr.io/a/b:1`) as
 * `org.opencontainers.image.ref.name`; one that lost its name stays without one.
 */
import { readFileSync } from "node:fs";
import { type Digest, SlipwayError } from "../core/index.ts";
import { type Descriptor, type ImageConfig, type Index, isIndexType, type Manifest, MEDIA } from "../oci/index.ts";
import type { Blobs } from "./blobs.ts";
import { imageAmbiguous, imageNotFound, storeDamaged } from "./errors.ts";
import { acquireLock } from "./lock.ts";
import type { StorePaths } from "./paths.ts";
import { writeFileAtomic } from "./write.ts";

const REF_NAME = "org.opencontainers.image.ref.name";

/** An image of the store. Two names of one image are two of these. */
export interface StoredImage {
  /** Familiar name with tag; undefined if it has none. */
  readonly name: string | undefined;
  /** Of the manifest, or of the index if it has several platforms. */
  readonly descriptor: Descriptor;
}

export class Images {
  readonly #paths: StorePaths;
  readonly #blobs: Blobs;

  constructor(paths: StorePaths, blobs: Blobs) {
    this.#paths = paths;
    this.#blobs = blobs;
  }

  list(): StoredImage[] {
    return this.#read().map((descriptor) => ({ name: descriptor.annotations?.[REF_NAME], descriptor: bare(descriptor) }));
  }

  /** The image that has this familiar name, tag included. */
  byName(name: string): Descriptor | undefined {
    return this.list().find((image) => image.name === name)?.descriptor;
  }

  /**
   * The image whose ID (config digest) or manifest digest is or begins with `id`, with
   * or without `sha256:`. Throws IMAGE_AMBIGUOUS.
   */
  byId(id: string): Descriptor | undefined {
    const prefix = id.startsWith("sha256:") ? id : `sha256:${id}`;
    if (!/^sha256:[0-9a-f]{1,64}$/.test(prefix)) return undefined;
    const found = new Map<Digest, Descriptor>();
    for (const { descriptor } of this.list()) {
      if (descriptor.digest.startsWith(prefix) || this.idOf(descriptor)?.startsWith(prefix))
        found.set(descriptor.digest, descriptor);
    }
    if (found.size > 1) throw imageAmbiguous(id);
    return [...found.values()][0];
  }

  /** The config digest of an image, which Docker calls its ID; an index has its own digest. */
  idOf(descriptor: Descriptor): Digest | undefined {
    if (isIndexType(descriptor.mediaType)) return descriptor.digest;
    try {
      return this.manifest(descriptor.digest).config.digest;
    } catch (error) {
      if (error instanceof SlipwayError) return undefined;
      throw error;
    }
  }

  /** A manifest of the store. Throws BLOB_MISSING or STORE_DAMAGED. */
  manifest(digest: Digest): Manifest {
    return this.#json(digest) as Manifest;
  }

  /** An index of the store. Throws BLOB_MISSING or STORE_DAMAGED. */
  index(digest: Digest): Index {
    return this.#json(digest) as Index;
  }

  /** A config of the store. Throws BLOB_MISSING or STORE_DAMAGED. */
  config(digest: Digest): ImageConfig {
    return this.#json(digest) as ImageConfig;
  }

  /**
   * Gives an image names, which other images lose. An image whose last name goes
   * stays in the store without one. With no names it is kept nameless.
   */
  async tag(descriptor: Descriptor, names: readonly string[]): Promise<void> {
    const wanted = bare(descriptor);
    const before = this.#read();
    const held = (name: string): boolean =>
      before.some((other) => other.digest === wanted.digest && other.annotations?.[REF_NAME] === name);
    if (names.every(held) && before.some((other) => other.digest === wanted.digest)) return;
    await this.#change((images) => {
      const kept = images.filter((other) => !names.includes(other.annotations?.[REF_NAME] ?? ""));
      const displaced = images.filter((other) => names.includes(other.annotations?.[REF_NAME] ?? ""));
      const orphans = displaced.filter(
        (other) => other.digest !== wanted.digest && !kept.some((image) => image.digest === other.digest),
      );
      const others = [...kept, ...orphans.map(bare)].filter(
        (other) => names.length === 0 || other.digest !== wanted.digest || other.annotations?.[REF_NAME],
      );
      const entries = names.length > 0 ? names.map((name) => named(wanted, name)) : [wanted];
      const known = names.length === 0 && others.some((other) => other.digest === wanted.digest);
      return unique(known ? others : [...others, ...entries]);
    });
  }

  /** Takes a name away. Throws IMAGE_NOT_FOUND. The image stays nameless if `keep`, or goes if that was its last name. */
  async untag(name: string, keep = false): Promise<void> {
    await this.#change((images) => {
      const entry = images.find((image) => image.annotations?.[REF_NAME] === name);
      if (!entry) throw imageNotFound(name);
      const rest = images.filter((image) => image !== entry);
      return keep && !rest.some((image) => image.digest === entry.digest) ? [...rest, bare(entry)] : rest;
    });
  }

  /** Takes an image away with all its names. */
  async remove(digest: Digest): Promise<void> {
    await this.#change((images) => images.filter((image) => image.digest !== digest));
  }

  async #change(change: (images: readonly Descriptor[]) => readonly Descriptor[]): Promise<void> {
    using _lock = await acquireLock(this.#paths, "images", "exclusive");
    const manifests = change(this.#read());
    const index: Index = { schemaVersion: 2, mediaType: MEDIA.index, manifests };
    writeFileAtomic(this.#paths, this.#paths.index, `${JSON.stringify(index, null, 2)}\n`);
  }

  #read(): readonly Descriptor[] {
    try {
      const { manifests } = JSON.parse(readFileSync(this.#paths.index, "utf8")) as Index;
      if (!Array.isArray(manifests)) throw new Error("it has no list of manifests");
      return manifests;
    } catch (error) {
      throw storeDamaged(this.#paths.index, error);
    }
  }

  #json(digest: Digest): unknown {
    const bytes = this.#blobs.read(digest);
    try {
      return JSON.parse(bytes.toString("utf8"));
    } catch (error) {
      throw storeDamaged(this.#blobs.path(digest), error);
    }
  }
}

function named(descriptor: Descriptor, name: string): Descriptor {
  return { ...descriptor, annotations: { [REF_NAME]: name } };
}

function bare({ annotations: _, ...descriptor }: Descriptor): Descriptor {
  return descriptor;
}

function unique(images: readonly Descriptor[]): Descriptor[] {
  const seen = new Map(images.map((image) => [`${image.digest} ${image.annotations?.[REF_NAME] ?? ""}`, image]));
  return [...seen.values()];
}
