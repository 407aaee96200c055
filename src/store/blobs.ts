/** Bytes by digest. */
import { createHash } from "node:crypto";
import {
  closeSync,
  createReadStream,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { type Digest, digestOfBytes } from "../core/index.ts";
import type { Descriptor } from "../oci/index.ts";
import { blobMissing, wrongDigest, wrongSize } from "./errors.ts";
import type { StorePaths } from "./paths.ts";
import { moveInto, temporaryName, writeError, writeFileAtomic } from "./write.ts";

/** The blobs of a store. Writes are atomic; what is there matches its digest. */
export class Blobs {
  readonly #paths: StorePaths;

  constructor(paths: StorePaths) {
    this.#paths = paths;
  }

  path(digest: Digest): string {
    return this.#paths.blob(digest);
  }

  /** Size in bytes; undefined if the blob is not there. */
  size(digest: Digest): number | undefined {
    return statSync(this.path(digest), { throwIfNoEntry: false })?.size;
  }

  has(digest: Digest): boolean {
    return this.size(digest) !== undefined;
  }

  /** All bytes of a small blob. Throws BLOB_MISSING. */
  read(digest: Digest): Buffer {
    try {
      return readFileSync(this.path(digest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") throw blobMissing(digest);
      throw error;
    }
  }

  /** The bytes as a stream. Throws BLOB_MISSING. */
  open(digest: Digest): Readable {
    if (!this.has(digest)) throw blobMissing(digest);
    return createReadStream(this.path(digest), { highWaterMark: 1 << 20 });
  }

  /** Keeps a small blob and returns its digest. */
  putBytes(bytes: Uint8Array | string): Digest {
    const digest = digestOfBytes(bytes);
    if (!this.has(digest)) writeFileAtomic(this.#paths, this.path(digest), bytes);
    return digest;
  }

  /** Keeps a JSON value and describes it. */
  putJson(mediaType: string, value: unknown): Descriptor {
    const bytes = Buffer.from(JSON.stringify(value));
    return { mediaType, digest: this.putBytes(bytes), size: bytes.length };
  }

  /**
   * Keeps a stream's bytes under the digest they must have.
   * Throws DIGEST_MISMATCH, SIZE_MISMATCH or STORE_FULL, and then keeps nothing.
   */
  async put(expected: Descriptor, bytes: Readable, what = "the blob"): Promise<void> {
    renameSync(await this.receive(expected, bytes, what), this.path(expected.digest));
  }

  /** As `put`, but into a file that the caller moves or removes. */
  async receive(expected: Descriptor, bytes: Readable, what: string): Promise<string> {
    const temporary = temporaryName(this.#paths);
    const file = openSync(temporary, "wx", 0o644);
    try {
      const hash = createHash("sha256");
      let size = 0;
      for await (const chunk of bytes as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > expected.size) throw wrongSize(`${what} ${expected.digest}`, expected.size, size);
        hash.update(chunk);
        writeAll(file, chunk);
      }
      if (size !== expected.size) throw wrongSize(`${what} ${expected.digest}`, expected.size, size);
      const actual = `sha256:${hash.digest("hex")}`;
      if (actual !== expected.digest) throw wrongDigest(what, expected.digest, actual);
      return temporary;
    } catch (error) {
      bytes.destroy();
      rmSync(temporary, { force: true });
      throw writeError(this.#paths, error);
    } finally {
      closeSync(file);
    }
  }

  /** A name for a file that `adopt` will take over. */
  temporary(): string {
    return temporaryName(this.#paths);
  }

  /** Takes over a finished file whose digest is known. */
  adopt(file: string, digest: Digest): void {
    moveInto(file, this.path(digest));
  }

  remove(digest: Digest): void {
    rmSync(this.path(digest), { force: true });
  }

  /** The digests of all blobs. */
  list(): Digest[] {
    const folder = dirname(this.path(`sha256:${"0".repeat(64)}`));
    return readdirSync(folder).map((hex): Digest => `sha256:${hex}`);
  }
}

function writeAll(file: number, chunk: Buffer): void {
  for (let offset = 0; offset < chunk.length; ) offset += writeSync(file, chunk, offset);
}
