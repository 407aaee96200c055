/**
 * Digests of files of the host, remembered by inode, size and times.
 *
 * A file that was changed in the very moment it was read could keep its times, so what
 * is younger than two seconds when it is read is not remembered. The cache is one flat
 * file, read at once and replaced whole, and only if something in it is new.
 */
import { type BigIntStats, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

const MAGIC = "slipway-stat-2\n";
/** mtime, ctime, inode, size; then 32 bytes of digest. */
const NUMBERS = 4;
const RACY_NS = 2_000_000_000n;

export class StatCache {
  readonly #file: string;
  readonly #places = new Map<string, number>();
  #numbers: BigInt64Array = new BigInt64Array(0);
  #digests: Buffer = Buffer.alloc(0);
  readonly #seen = new Map<string, { readonly stat: BigIntStats; readonly digest: Buffer }>();
  #fresh = 0;

  constructor(file: string) {
    this.#file = file;
    this.#load();
  }

  /** The digest of a file whose size, times and inode are as they were; undefined if they are not. */
  get(path: string, stat: BigIntStats): Buffer | undefined {
    const place = this.#places.get(path);
    if (place === undefined) return undefined;
    const at = place * NUMBERS;
    const n = this.#numbers;
    if (n[at] !== stat.mtimeNs || n[at + 1] !== stat.ctimeNs || n[at + 2] !== stat.ino || n[at + 3] !== stat.size)
      return undefined;
    const digest = this.#digests.subarray(place * 32, place * 32 + 32);
    this.#seen.set(path, { stat, digest });
    return digest;
  }

  put(path: string, stat: BigIntStats, digest: Buffer): void {
    const now = BigInt(Date.now()) * 1_000_000n;
    if (now - stat.mtimeNs < RACY_NS || now - stat.ctimeNs < RACY_NS) return;
    this.#seen.set(path, { stat, digest });
    this.#fresh++;
  }

  /** Keeps what this use has seen, if any of it is new. */
  save(): void {
    if (this.#fresh === 0) return;
    const paths = [...this.#seen.keys()];
    const numbers = new BigInt64Array(paths.length * NUMBERS);
    const digests = Buffer.alloc(paths.length * 32);
    for (const [i, { stat, digest }] of [...this.#seen.values()].entries()) {
      numbers.set([stat.mtimeNs, stat.ctimeNs, stat.ino, stat.size], i * NUMBERS);
      digest.copy(digests, i * 32);
    }
    const names = Buffer.from(paths.join("\0"));
    const head = Buffer.alloc(24);
    head.write(MAGIC, 0, "latin1");
    head.writeUInt32LE(paths.length, 16);
    head.writeUInt32LE(names.length, 20);
    const temporary = `${this.#file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
    try {
      writeFileSync(temporary, Buffer.concat([head, Buffer.from(numbers.buffer), digests, names]));
      renameSync(temporary, this.#file);
    } catch {
      // A cache that cannot be kept costs time, nothing else.
      rmSync(temporary, { force: true });
    }
  }

  #load(): void {
    let bytes: Buffer;
    try {
      bytes = readFileSync(this.#file);
    } catch {
      return;
    }
    if (bytes.length < 24 || bytes.toString("latin1", 0, MAGIC.length) !== MAGIC) return;
    const count = bytes.readUInt32LE(16);
    const namesLength = bytes.readUInt32LE(20);
    const digestsAt = 24 + count * NUMBERS * 8;
    const namesAt = digestsAt + count * 32;
    if (bytes.length !== namesAt + namesLength) return;
    this.#numbers = new BigInt64Array(bytes.buffer.slice(bytes.byteOffset + 24, bytes.byteOffset + digestsAt));
    this.#digests = bytes.subarray(digestsAt, namesAt);
    for (const [i, path] of bytes.toString("utf8", namesAt).split("\0").entries()) this.#places.set(path, i);
  }
}
