/**
 * A layer's folder as a tar: the same bytes wherever it is made.
 *
 * Two hosts list a directory in different order, with other inode numbers and other
 * leaders of hard links. So entries come in byte order of their names, parents first,
 * and the first path of an inode is the file and the others are links to it. One pass
 * over the files hashes and writes.
 */
import { createHash, type Hash } from "node:crypto";
import { type BigIntStats, closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, writeSync } from "node:fs";
import type { Digest } from "../core/index.ts";
import type { EntryType } from "./entry.ts";
import { fileChanged } from "./errors.ts";
import { deviceParts, getXattr, listXattrs } from "./syscalls.ts";
import { encodeHeader, padding, type TarEntry } from "./tar-header.ts";
import { isHostXattr, isOpaque, isWhiteout, OPAQUE_MARK, WHITEOUT_PREFIX } from "./whiteout.ts";

export interface PackOptions {
  /** The layer's folder, in overlayfs form. */
  readonly folder: string;
  /** Where the tar goes; only its digest is made if left out. */
  readonly file?: string;
  /** Later times become this one, in seconds since the epoch. */
  readonly latest?: number;
}

export interface Packed {
  /** Digest of the tar. */
  readonly diffId: Digest;
  /** Bytes of the tar. */
  readonly size: number;
}

/** Writes the tar of a layer. Sockets are left out, as Docker leaves them out. */
export function packLayer(options: PackOptions): Packed {
  const file = options.file === undefined ? undefined : openSync(options.file, "wx", 0o644);
  try {
    return new Packer(options, file).pack();
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

const BUFFER_SIZE = 1 << 20;

class Packer {
  readonly #folder: string;
  readonly #latestNs: bigint | undefined;
  readonly #file: number | undefined;
  readonly #hash: Hash = createHash("sha256");
  readonly #buffer: Buffer = Buffer.allocUnsafe(BUFFER_SIZE);
  readonly #leaders = new Map<bigint, string>();
  #used = 0;
  #size = 0;

  constructor(options: PackOptions, file: number | undefined) {
    this.#folder = options.folder;
    this.#latestNs = options.latest === undefined ? undefined : BigInt(options.latest) * 1_000_000_000n;
    this.#file = file;
  }

  pack(): Packed {
    if (isOpaque(this.#folder)) this.#whiteout(OPAQUE_MARK, 0n);
    this.#walk("");
    this.#add(Buffer.alloc(1024));
    this.#flush();
    return { diffId: `sha256:${this.#hash.digest("hex")}`, size: this.#size };
  }

  #walk(path: string): void {
    const folder = path === "" ? this.#folder : `${this.#folder}/${path}`;
    for (const name of inByteOrder(readdirSync(folder))) {
      const inside = path === "" ? name : `${path}/${name}`;
      const host = `${folder}/${name}`;
      this.#entry(inside, path, name, host, lstatSync(host, { bigint: true }));
    }
  }

  #entry(path: string, parent: string, name: string, host: string, stat: BigIntStats): void {
    if (stat.isDirectory()) {
      this.#add(encodeHeader(this.#describe(path, host, stat, "directory")));
      if (isOpaque(host)) this.#whiteout(`${path}/${OPAQUE_MARK}`, stat.mtimeNs);
      this.#walk(path);
    } else if (isWhiteout(stat)) {
      this.#whiteout(`${parent === "" ? "" : `${parent}/`}${WHITEOUT_PREFIX}${name}`, stat.mtimeNs);
    } else {
      const type = typeOf(stat);
      const leader = stat.nlink > 1n ? this.#leaders.get(stat.ino) : undefined;
      if (type === "socket") return;
      if (leader !== undefined) {
        this.#add(encodeHeader({ ...this.#describe(path, host, stat, type), type: "hardlink", link: leader }));
        return;
      }
      if (stat.nlink > 1n) this.#leaders.set(stat.ino, path);
      this.#add(encodeHeader(this.#describe(path, host, stat, type)));
      if (type === "file" && stat.size > 0n) this.#content(host, Number(stat.size));
    }
  }

  #describe(path: string, host: string, stat: BigIntStats, type: EntryType): TarEntry {
    const xattrs = type === "symlink" ? undefined : xattrsOf(host);
    const device = type === "char" || type === "block" ? deviceParts(stat.rdev) : {};
    return {
      path,
      type,
      mode: Number(stat.mode) & 0o7777,
      uid: Number(stat.uid),
      gid: Number(stat.gid),
      size: type === "file" ? Number(stat.size) : 0,
      mtimeNs: this.#clamped(stat.mtimeNs),
      ...device,
      ...(type === "symlink" ? { link: readlinkSync(host) } : {}),
      ...(xattrs ? { xattrs } : {}),
    };
  }

  #clamped(mtimeNs: bigint): bigint {
    return this.#latestNs !== undefined && mtimeNs > this.#latestNs ? this.#latestNs : mtimeNs;
  }

  #whiteout(path: string, mtimeNs: bigint): void {
    this.#add(encodeHeader({ path, type: "file", mode: 0, uid: 0, gid: 0, size: 0, mtimeNs: this.#clamped(mtimeNs) }));
  }

  #content(host: string, size: number): void {
    const file = openSync(host, "r");
    try {
      let left = size;
      while (left > 0) {
        if (this.#used === BUFFER_SIZE) this.#flush();
        const count = readSync(file, this.#buffer, this.#used, Math.min(left, BUFFER_SIZE - this.#used), null);
        if (count === 0) throw fileChanged(host);
        this.#used += count;
        left -= count;
      }
    } finally {
      closeSync(file);
    }
    const pad = padding(size);
    if (pad > 0) this.#add(Buffer.alloc(pad));
  }

  #add(bytes: Buffer): void {
    if (this.#used + bytes.length > BUFFER_SIZE) this.#flush();
    if (bytes.length > BUFFER_SIZE) {
      this.#write(bytes);
      return;
    }
    bytes.copy(this.#buffer, this.#used);
    this.#used += bytes.length;
  }

  #flush(): void {
    this.#write(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  #write(bytes: Buffer): void {
    this.#hash.update(bytes);
    this.#size += bytes.length;
    if (this.#file === undefined) return;
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
  }
}

/** What kind of file it is. */
export function typeOf(stat: BigIntStats): EntryType {
  if (stat.isFile()) return "file";
  if (stat.isDirectory()) return "directory";
  if (stat.isSymbolicLink()) return "symlink";
  if (stat.isCharacterDevice()) return "char";
  if (stat.isBlockDevice()) return "block";
  return stat.isFIFO() ? "fifo" : "socket";
}

/** The extended attributes that belong to the file; undefined if it has none. */
export function xattrsOf(host: string): ReadonlyMap<string, Buffer> | undefined {
  let found: Map<string, Buffer> | undefined;
  for (const name of listXattrs(host)) {
    if (isHostXattr(name)) continue;
    const value = getXattr(host, name);
    if (!value) continue;
    found ??= new Map();
    found.set(name, value);
  }
  return found;
}

/** JavaScript orders strings by UTF-16 units, which differs from bytes only beyond U+D7FF. */
export function inByteOrder(names: string[]): string[] {
  names.sort();
  if (names.some((name) => /[\ud800-\uffff]/.test(name))) names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return names;
}
