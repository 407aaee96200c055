/**
 * A tar as entries, pushed chunk by chunk.
 *
 * Reads ustar, pax (also global) and GNU's long names, large numbers and sparse files. The
 * bytes of a content go to the sink its entry was answered with, as they come.
 */
import { tarDamaged, tarSparse } from "./errors.ts";
import { decodeName } from "./host-files.ts";
import { BLOCK, padding, type TarEntry } from "./tar-header.ts";
import { type Sparse, SparseBody } from "./tar-sparse.ts";

/** Takes the content of an entry. */
export interface Sink {
  write(chunk: Buffer): void;
  /** So many zeros that the archive leaves out. A sink without it takes no sparse file. */
  hole?(length: number): void;
  end(): void;
}

/** Is told of each entry in turn; a sink if its content is wanted. */
export type OnEntry = (entry: TarEntry) => Sink | undefined;

type Pax = Map<string, Buffer>;

const TYPES: Readonly<Record<string, TarEntry["type"]>> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  S: "file",
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
  /** A sparse file in GNU's old form whose map goes on in the next block. */
  #extending: { begin(): void; readonly map: number[] } | undefined;
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
    const announced = this.#pax.size > 0 || this.#longName !== undefined || this.#longLink !== undefined;
    if (this.#left > 0 || this.#extending || (announced && !this.#ended)) throw tarDamaged("it ends in the middle of an entry");
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
    else if (flag === "L") this.#longName = textAt(body, 0, body.length);
    else this.#longLink = textAt(body, 0, body.length);
  }

  #header(block: Buffer): void {
    if (this.#extending) {
      this.#extend(this.#extending, block);
      return;
    }
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
    const entry = entryOf(block, flag, size, pax, this.#longName, this.#longLink);
    this.#pax = new Map();
    this.#longName = undefined;
    this.#longLink = undefined;
    const type = flag === "\0" && entry.path.endsWith("/") ? "directory" : TYPES[flag];
    if (!type) this.#startBody(entry.size);
    else if (type === "file")
      this.#file({ ...entry, type }, flag === "S" ? oldSparse(block) : paxSparse(pax), flag === "S" && block[482] !== 0);
    else {
      this.#onEntry({ ...entry, type });
      // Whatever size their headers have, only files have a content (as Go's archive/tar reads it).
      this.#startBody(0);
    }
  }

  #file(entry: TarEntry, sparse: Sparse | undefined, goesOn: boolean): void {
    const begin = (): void => {
      const sink = this.#onEntry(sparse ? { ...entry, size: sparse.size } : entry);
      if (sparse && sink) {
        if (!sink.hole) throw tarSparse(entry.path);
        this.#sink = new SparseBody(sparse, sink as Required<Sink>);
      } else this.#sink = sink;
      this.#startBody(entry.size);
    };
    if (goesOn && sparse?.map) this.#extending = { begin, map: sparse.map };
    else begin();
  }

  #extend({ begin, map }: { begin(): void; readonly map: number[] }, block: Buffer): void {
    readPieces(block, 0, 21, map);
    if (block[504] !== 0) return;
    this.#extending = undefined;
    begin();
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
  // A record without a value takes back an earlier one.
  const text = (key: string): string | undefined => {
    const value = pax.get(key);
    return value && (decodeName(value) || undefined);
  };
  const path = text("GNU.sparse.name") ?? text("path") ?? longName ?? (prefix ? `${prefix}/${name}` : name);
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
  const pieces: string[] = [];
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
      equals >= at + length ||
      body[at + length - 1] !== 10
    ) {
      throw tarDamaged("an extended header cannot be read");
    }
    const key = body.toString("utf8", blank + 1, equals);
    const value = Buffer.from(body.subarray(equals + 1, at + length - 1));
    // Of these there is one a piece; together they are what the later form has as one record.
    if (key === "GNU.sparse.offset" || key === "GNU.sparse.numbytes") pieces.push(value.toString("latin1"));
    else records.set(key, value);
    at += length;
  }
  if (pieces.length > 0) records.set("GNU.sparse.map", Buffer.from(pieces.join(",")));
  return records;
}

/** What the records of pax say of a sparse file; undefined if it is none. */
function paxSparse(pax: Pax): Sparse | undefined {
  const text = (key: string): string | undefined => pax.get(`GNU.sparse.${key}`)?.toString("latin1");
  const size = integer(text("realsize") ?? text("size"));
  if (size === undefined) return undefined;
  if (text("major") === "1" && text("minor") === "0") return { size, map: undefined };
  const map = text("map");
  return { size, map: map ? map.split(",").map((number) => integer(number) ?? -1) : [] };
}

function oldSparse(block: Buffer): Sparse {
  const map: number[] = [];
  readPieces(block, 386, 4, map);
  return { size: numberAt(block, 483, 12), map };
}

/** Up to `count` pieces of GNU's old form, each as two numbers. */
function readPieces(block: Buffer, start: number, count: number, map: number[]): void {
  for (let at = start; at < start + count * 24 && block[at] !== 0; at += 24)
    map.push(numberAt(block, at, 12), numberAt(block, at + 12, 12));
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
  return decodeName(block.subarray(at, end < 0 || end > at + width ? at + width : end));
}

function integer(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value)) throw tarDamaged("an extended header has a number that is none");
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
