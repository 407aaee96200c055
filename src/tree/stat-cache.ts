/**
 * Digests of files of the host, remembered by inode, size and times.
 *
 * A file that was changed in the very moment it was read could keep its times, so what
 * is younger than two seconds when it is read is not remembered. The cache is one flat
 * file, read at once and replaced whole, and only if something in it is new.
 */
import { type BigIntStats, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

const MAGIC = "slipway-stat-3\n";
/** mtime, ctime, inode, size. */
const NUMBERS = 4;
/** Characters of a SHA-256 digest in base64. */
const DIGEST = 44;
const RACY_NS = 2_000_000_000n;

/** A file that the cache on disk does not know as it is. Of its stat only the numbers are kept: the whole takes ten times the memory. */
interface Fresh {
  readonly path: string;
  readonly numbers: readonly bigint[];
  readonly digest: string;
}

export class StatCache {
  readonly #file: string;
  #paths: readonly string[] = [];
  #numbers: BigInt64Array = new BigInt64Array(0);
  /** One text: cutting a piece out of it copies nothing. */
  #digests = "";
  /** Made when files come in another order than the last time. */
  #places: Map<string, number> | undefined;
  #next = 0;
  /** What this use has seen, in order: places of what is known, and what is not. */
  readonly #seen: (number | Fresh)[] = [];
  #fresh = 0;

  constructor(file: string) {
    this.#file = file;
    this.#load();
  }

  /** The digest, in base64, of a file whose size, times and inode are as they were; undefined if they are not. */
  get(path: string, stat: BigIntStats): string | undefined {
    const place = this.#placeOf(path);
    if (place === undefined) return undefined;
    const at = place * NUMBERS;
    const n = this.#numbers;
    if (n[at] !== stat.mtimeNs || n[at + 1] !== stat.ctimeNs || n[at + 2] !== stat.ino || n[at + 3] !== stat.size)
      return undefined;
    this.#seen.push(place);
    return this.#digestAt(place);
  }

  put(path: string, stat: BigIntStats, digest: string): void {
    const now = BigInt(Date.now()) * 1_000_000n;
    if (now - stat.mtimeNs < RACY_NS || now - stat.ctimeNs < RACY_NS) return;
    this.#seen.push({ path, numbers: [stat.mtimeNs, stat.ctimeNs, stat.ino, stat.size], digest });
    this.#fresh++;
  }

  /** Keeps what this use has seen, if any of it is new. */
  save(): void {
    if (this.#fresh === 0) return;
    const count = this.#seen.length;
    const numbers = new BigInt64Array(count * NUMBERS);
    const digests: string[] = [];
    const paths: string[] = [];
    for (const [i, seen] of this.#seen.entries()) {
      if (typeof seen === "number") {
        paths.push(this.#paths[seen] as string);
        numbers.set(this.#numbers.subarray(seen * NUMBERS, (seen + 1) * NUMBERS), i * NUMBERS);
        digests.push(this.#digestAt(seen));
      } else {
        const { path, numbers: own, digest } = seen;
        paths.push(path);
        numbers.set(own, i * NUMBERS);
        digests.push(digest);
      }
    }
    const names = Buffer.from(paths.join("\0"));
    const head = Buffer.alloc(24);
    head.write(MAGIC, 0, "latin1");
    head.writeUInt32LE(count, 16);
    head.writeUInt32LE(names.length, 20);
    const temporary = `${this.#file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
    try {
      writeFileSync(
        temporary,
        Buffer.concat([head, Buffer.from(numbers.buffer), Buffer.from(digests.join(""), "latin1"), names]),
      );
      renameSync(temporary, this.#file);
    } catch {
      // A cache that cannot be kept costs time, nothing else.
      rmSync(temporary, { force: true });
    }
  }

  #digestAt(place: number): string {
    return this.#digests.slice(place * DIGEST, (place + 1) * DIGEST);
  }

  /** Files come in the order of the last time as a rule, so that the next one is at hand. */
  #placeOf(path: string): number | undefined {
    if (this.#paths[this.#next] === path) return this.#next++;
    this.#places ??= new Map(this.#paths.map((known, place) => [known, place]));
    const place = this.#places.get(path);
    if (place !== undefined) this.#next = place + 1;
    return place;
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
    const namesAt = digestsAt + count * DIGEST;
    if (bytes.length !== namesAt + namesLength) return;
    this.#numbers = new BigInt64Array(bytes.buffer.slice(bytes.byteOffset + 24, bytes.byteOffset + digestsAt));
    this.#digests = bytes.toString("latin1", digestsAt, namesAt);
    this.#paths = bytes.toString("utf8", namesAt).split("\0");
  }
}
