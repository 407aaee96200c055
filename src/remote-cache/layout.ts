/** An OCI image layout in a folder, as a place that a cache comes from and goes to (image-layout.md). */
import {
  closeSync,
  copyFileSync,
  createReadStream,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Digest, hexOf, isDigest } from "../core/index.ts";
import {
  type ContentSource,
  type ContentTarget,
  type Descriptor,
  type Index,
  isIndexType,
  type Manifest,
  MEDIA,
} from "../oci/index.ts";
import type { Store } from "../store/index.ts";
import { makeFolders, tryFlock } from "../tree/index.ts";
import { layoutMissing, layoutUnreadable, layoutUnwritable } from "./errors.ts";

const REF_NAME = "org.opencontainers.image.ref.name";
/** Blobs that nothing names any more stay this long: a reader may have read an older index. */
const GRACE_MS = 3_600_000;

export class Layout implements ContentSource, ContentTarget {
  readonly #folder: string;
  readonly #store: Store;

  /** The store checks what is written before it goes into the folder. */
  constructor(folder: string, store: Store) {
    this.#folder = folder;
    this.#store = store;
  }

  async resolve(reference: string): Promise<Descriptor> {
    const found = this.#index().manifests.find((entry) =>
      isDigest(reference) ? entry.digest === reference : entry.annotations?.[REF_NAME] === reference,
    );
    if (!found) throw layoutMissing(this.#folder, reference);
    const { annotations: _, ...descriptor } = found;
    return descriptor;
  }

  async open(descriptor: Descriptor): Promise<ReturnType<typeof createReadStream>> {
    return createReadStream(this.#blob(descriptor.digest), { highWaterMark: 1 << 20 });
  }

  async has(descriptor: Descriptor): Promise<boolean> {
    return statSync(this.#blob(descriptor.digest), { throwIfNoEntry: false })?.size === descriptor.size;
  }

  async put(descriptor: Descriptor, open: () => NodeJS.ReadableStream): Promise<void> {
    const received = await this.#store.blobs.receive(descriptor, open() as never, "a blob of the cache");
    this.#write(() => this.#take(received, this.#blob(descriptor.digest)));
  }

  async putManifest(descriptor: Descriptor, bytes: Uint8Array, tag?: string): Promise<void> {
    this.#write(() => {
      writeAside(this.#blob(descriptor.digest), bytes);
      const { mediaType, digest, size } = descriptor;
      const others = this.#index(true).manifests.filter((entry) => tag === undefined || entry.annotations?.[REF_NAME] !== tag);
      const entry = { mediaType, digest, size, ...(tag ? { annotations: { [REF_NAME]: tag } } : {}) };
      const index: Index = { schemaVersion: 2, mediaType: MEDIA.index, manifests: [...others, entry] };
      writeAside(join(this.#folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
      writeAside(join(this.#folder, "index.json"), `${JSON.stringify(index, null, 2)}\n`);
    });
  }

  /** Does the work while no other process writes to the folder, which is made where it is missing. */
  async alone<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    this.#write(() => makeFolders(join(this.#folder, "blobs/sha256")));
    const file = openSync(this.#folder, "r");
    try {
      while (!tryFlock(file, "exclusive")) await sleep(50, undefined, { signal });
      return await work();
    } finally {
      closeSync(file);
    }
  }

  /** Removes blobs that nothing has named for a while. */
  sweep(now: number): void {
    const kept = new Set<Digest>();
    for (const entry of this.#index().manifests) this.#mark(entry, kept);
    for (const name of readdirSync(join(this.#folder, "blobs/sha256"))) {
      const file = join(this.#folder, "blobs/sha256", name);
      if (kept.has(`sha256:${name}`)) continue;
      if (now - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now) > GRACE_MS) rmSync(file, { force: true });
    }
  }

  #mark({ digest, mediaType }: Descriptor, kept: Set<Digest>): void {
    kept.add(digest);
    let text: string;
    try {
      text = readFileSync(this.#blob(digest), "utf8");
    } catch {
      return;
    }
    const document = JSON.parse(text) as Partial<Manifest & Index>;
    if (isIndexType(mediaType)) for (const entry of document.manifests ?? []) this.#mark(entry, kept);
    for (const blob of [document.config, ...(document.layers ?? [])]) if (blob) kept.add(blob.digest);
  }

  #index(orNew = false): Index {
    let text: string;
    try {
      text = readFileSync(join(this.#folder, "index.json"), "utf8");
    } catch (error) {
      if (!orNew) throw layoutMissing(this.#folder, undefined, error);
      return { schemaVersion: 2, mediaType: MEDIA.index, manifests: [] };
    }
    try {
      return JSON.parse(text) as Index;
    } catch (error) {
      throw layoutUnreadable(this.#folder, error);
    }
  }

  #blob(digest: Digest): string {
    return join(this.#folder, "blobs/sha256", hexOf(digest));
  }

  /** The folder may lie on another file system than the store. */
  #take(from: string, to: string): void {
    try {
      renameSync(from, to);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
      copyFileSync(from, `${to}.${process.pid}`);
      renameSync(`${to}.${process.pid}`, to);
      rmSync(from);
    }
  }

  #write(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw (error as NodeJS.ErrnoException).syscall ? layoutUnwritable(this.#folder, error) : error;
    }
  }
}

function writeAside(file: string, data: string | Uint8Array): void {
  writeFileSync(`${file}.${process.pid}`, data);
  renameSync(`${file}.${process.pid}`, file);
}
