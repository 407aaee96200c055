/**
 * A tar as entries, pushed chunk by chunk.
 *
 * Reads ustar, pax (also global) and GNU's long names and large numbers. The bytes of a
 * content go to the sink its entry was answered with, as they come.
 */
import { tarDamaged, tarSparse } from "./errors.ts";
import { BLOCK, padding, type TarEntry } from "./tar-header.ts";

/** Takes the content of an entry. */
export interface Sink {
  write(chunk: Buffer): void;
  end(): void;
}

/** Is told of each entry in turn; a sink if its content is wanted. */
export type OnEntry = (entry: TarEntry) => Sink | undefined;

type Pax = Map<string, Buffer>;

const TYPES: Readonly<Record<string, TarEntry["type"]>> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  "1": "hardlink",
  "2": "symlink",
  "3": "char",
  "4": "block",
  "5": "directory",
  "6": "fifo",
};

/** Longest extended header that is read: 64 MiB. */
const LARGEST_HEADER = 64 << 20;

export class TarReader {
  readonly #onEntry: OnEntry;
  #pending: Buffer = Buffer.alloc(0);
  #left = 0;
  #pad = 0;
  #sink: Sink | undefined;
  #collect: { flag: string; parts: Buffer[] } | undefined;
  #global: Pax = new Map();
  #pax: Pax = new Map();
  #longName: string | undefined;
  #longLink: string | undefined;
  #ended = false;
  #any = false;

  constructor(onEntry: OnEntry) {
    this.#onEntry = onEntry;
  }

  /** Throws TAR_DAMAGED, TAR_SPARSE, and what the sinks throw. */
  write(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#pending.length > 0) {
      bytes = Buffer.concat([this.#pending, chunk]);
      this.#pending = Buffer.alloc(0);
    }
    let at = 0;
    while (at < bytes.length && !this.#ended) {
      if (this.#left > 0) {
        const end = Math.min(bytes.length, at + this.#left);
        this.#body(bytes.subarray(at, end));
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#bodyEnds();
      } else if (this.#pad > 0) {
        const skip = Math.min(this.#pad, bytes.length - at);
        this.#pad -= skip;
        at += skip;
      } else if (bytes.length - at < BLOCK) {
        this.#pending = Buffer.from(bytes.subarray(at));
        return;
      } else {
        this.#header(bytes.subarray(at, at + BLOCK));
        at += BLOCK;
      }
    }
  }

  /** To be called when all bytes were written. Throws TAR_DAMAGED if something is missing. */
  finish(): void {
    if (this.#left > 0 || this.#collect) throw tarDamaged("it ends in the middle of an entry");
    if (!this.#ended && this.#pending.length > 0) throw tarDamaged("it ends in the middle of a header");
    if (!this.#any && !this.#ended) throw tarDamaged("it is empty");
  }

  #body(chunk: Buffer): void {
    if (this.#collect) this.#collect.parts.push(Buffer.from(chunk));
    else this.#sink?.write(chunk);
  }

  #bodyEnds(): void {
    const collected = this.#collect;
    this.#collect = undefined;
    if (collected) this.#extended(collected.flag, Buffer.concat(collected.parts));
    else this.#sink?.end();
    this.#sink = undefined;
  }

  #extended(flag: string, body: Buffer): void {
    if (flag === "x") this.#pax = parsePax(body);
    else if (flag === "g") for (const [key, value] of parsePax(body)) this.#global.set(key, value);
    else if (flag === "L") this.#longName = body.toString("utf8").replace(/\0[^]*$/, "");
    else this.#longLink = body.toString("utf8").replace(/\0[^]*$/, "");
  }

  #header(block: Buffer): void {
    if (isZero(block)) {
      this.#ended = true;
      return;
    }
    checkSum(block);
    this.#any = true;
    const flag = String.fromCharCode(block[156] as number);
    const size = numberAt(block, 124, 12);
    if ("xgLK".includes(flag)) {
      if (size > LARGEST_HEADER) throw tarDamaged("an extended header is too large");
      this.#collect = { flag, parts: [] };
      this.#startBody(size);
      return;
    }
    const pax: Pax = new Map([...this.#global, ...this.#pax]);
    if (flag === "S" || [...pax.keys()].some((key) => key.startsWith("GNU.sparse")))
      throw tarSparse(this.#longName ?? textAt(block, 0, 100));
    const entry = entryOf(block, flag, size, pax, this.#longName, this.#longLink);
    this.#pax = new Map();
    this.#longName = undefined;
    this.#longLink = undefined;
    const type = TYPES[flag];
    if (!type) {
      this.#startBody(entry.size);
      return;
    }
    const hasBody = type === "file";
    this.#sink = this.#onEntry({ ...entry, type });
    this.#startBody(hasBody ? entry.size : flag === "1" ? entry.size : 0);
  }

  #startBody(size: number): void {
    if (!Number.isSafeInteger(size) || size < 0) throw tarDamaged("an entry's size is none");
    this.#left = size;
    this.#pad = padding(size);
    if (size === 0) this.#bodyEnds();
  }
}

function entryOf(
  block: Buffer,
  flag: string,
  size: number,
  pax: Pax,
  longName: string | undefined,
  longLink: string | undefined,
): Omit<TarEntry, "type"> {
  const ustar = block.toString("latin1", 257, 263) === "ustar\0";
  const prefix = ustar ? textAt(block, 345, 155) : "";
  const name = textAt(block, 0, 100);
  const text = (key: string): string | undefined => pax.get(key)?.toString("utf8");
  const path = text("path") ?? longName ?? (prefix ? `${prefix}/${name}` : name);
  const link = text("linkpath") ?? longLink ?? textAt(block, 157, 100);
  const xattrs = new Map<string, Buffer>();
  for (const [key, value] of pax) {
    const found = /^(?:SCHILY|LIBARCHIVE)\.xattr\.([^]+)$/.exec(key);
    if (found) xattrs.set(found[1] as string, key.startsWith("LIB") ? Buffer.from(value.toString("latin1"), "base64") : value);
  }
  const device = flag === "3" || flag === "4";
  return {
    path,
    mode: numberAt(block, 100, 8) & 0o7777,
    uid: integer(text("uid")) ?? numberAt(block, 108, 8),
    gid: integer(text("gid")) ?? numberAt(block, 116, 8),
    size: integer(text("size")) ?? size,
    mtimeNs: nanoseconds(text("mtime")) ?? BigInt(numberAt(block, 136, 12)) * 1_000_000_000n,
    ...(flag === "1" || flag === "2" ? { link } : {}),
    ...(device ? { major: numberAt(block, 329, 8), minor: numberAt(block, 337, 8) } : {}),
    ...(xattrs.size > 0 ? { xattrs } : {}),
  };
}

function parsePax(body: Buffer): Pax {
  const records: Pax = new Map();
  for (let at = 0; at < body.length; ) {
    const blank = body.indexOf(32, at);
    const length = Number(body.toString("latin1", at, blank));
    const equals = body.indexOf(61, blank);
    if (
      blank < 0 ||
      equals < 0 ||
      !Number.isInteger(length) ||
      length < 5 ||
      at + length > body.length ||
      equals >= at + length
    ) {
      throw tarDamaged("an extended header cannot be read");
    }
    records.set(body.toString("utf8", blank + 1, equals), Buffer.from(body.subarray(equals + 1, at + length - 1)));
    at += length;
  }
  return records;
}

/** Octal digits, or a binary number where the first bit is set (GNU). */
function numberAt(block: Buffer, at: number, width: number): number {
  const first = block[at] as number;
  if (first & 0x80) {
    let value = BigInt(first & 0x3f);
    for (let i = 1; i < width; i++) value = (value << 8n) | BigInt(block[at + i] as number);
    if (first & 0x40) value -= 1n << BigInt(8 * width - 2);
    return Number(value);
  }
  const digits =
    block
      .toString("latin1", at, at + width)
      .replace(/[\0 ]+/g, " ")
      .trim()
      .split(" ")[0] ?? "";
  if (digits === "") return 0;
  if (!/^-?[0-7]+$/.test(digits)) throw tarDamaged("a header has a number that is none");
  return Number.parseInt(digits, 8);
}

function textAt(block: Buffer, at: number, width: number): string {
  const end = block.indexOf(0, at);
  return block.toString("utf8", at, end < 0 || end > at + width ? at + width : end);
}

function integer(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) throw tarDamaged("an extended header has a number that is none");
  return value;
}

function nanoseconds(text: string | undefined): bigint | undefined {
  const found = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text ?? "");
  if (!found) return undefined;
  const value = BigInt(found[2] as string) * 1_000_000_000n + BigInt((found[3] ?? "").padEnd(9, "0").slice(0, 9));
  return found[1] ? -value : value;
}

function checkSum(block: Buffer): void {
  let sum = 8 * 32;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += block[i] as number;
  if (numberAt(block, 148, 8) !== sum) throw tarDamaged("a header's checksum is wrong");
}

function isZero(block: Buffer): boolean {
  for (let i = 0; i < BLOCK; i++) if (block[i] !== 0) return false;
  return true;
}
