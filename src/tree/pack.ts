/**
 * A layer's folder as a tar: the same bytes wherever it is made.
 *
 * Two hosts list a directory in different order, with other inode numbers and other
 * leaders of hard links. So entries come in byte order of their names, parents first,
 * and the first path of an inode is the file and the others are links to it. One pass
 * over the files hashes and writes.
 */
import { createHash, type Hash } from "node:crypto";
import { type BigIntStats, closeSync, readSync, writeSync } from "node:fs";
import type { Digest } from "../core/index.ts";
import type { DraftFile, DraftFolder, DraftNode } from "./draft.ts";
import type { EntryType } from "./entry.ts";
import { fileChanged, unreadable } from "./errors.ts";
import { encodeName, lstatSync, openSync, readdirSync, readlinkSync } from "./host-files.ts";
import { ownerOf } from "./owner.ts";
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
  /** The time of the newest file in it, in milliseconds since the epoch but in whole seconds, as a tar has it; 0 if it is empty. */
  readonly newest: number;
}

/** Writes the tar of a layer. Sockets are left out, as Docker leaves them out. */
export function packLayer(options: PackOptions): Packed {
  return packed(options.file, (tar) => new FolderPacker(options, tar).pack());
}

/** Writes the tar of a draft: the bytes that the folder laid from it would give. Throws FILE_UNREADABLE, FILE_CHANGED. */
export function packDraft(draft: DraftFolder, file: string): Packed {
  return packed(file, (tar) => packFolder("", draft, new DraftTar(tar)));
}

/** Writes a tar to a file, or only its digest, as `write` fills it. */
export function packed(path: string | undefined, write: (tar: TarFile) => void): Packed {
  const file = path === undefined ? undefined : openSync(path, "wx", 0o644);
  try {
    const tar = new TarFile(file);
    write(tar);
    return tar.end();
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Packs what lies in a folder. */
class FolderPacker {
  readonly #folder: string;
  readonly #latestNs: bigint | undefined;
  readonly #tar: TarFile;
  readonly #leaders = new Map<bigint, string>();

  constructor(options: PackOptions, tar: TarFile) {
    this.#folder = options.folder;
    this.#latestNs = options.latest === undefined ? undefined : BigInt(options.latest) * 1_000_000_000n;
    this.#tar = tar;
  }

  pack(): void {
    if (isOpaque(this.#folder)) this.#whiteout(OPAQUE_MARK, 0n);
    this.#walk("");
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
      this.#tar.entry(this.#describe(path, host, stat, "directory"));
      if (isOpaque(host)) this.#whiteout(`${path}/${OPAQUE_MARK}`, stat.mtimeNs);
      this.#walk(path);
    } else if (isWhiteout(stat)) {
      this.#whiteout(`${parent === "" ? "" : `${parent}/`}${WHITEOUT_PREFIX}${name}`, stat.mtimeNs);
    } else {
      const type = typeOf(stat);
      const leader = stat.nlink > 1n ? this.#leaders.get(stat.ino) : undefined;
      if (type === "socket") return;
      if (leader !== undefined) {
        this.#tar.entry({ ...this.#describe(path, host, stat, type), type: "hardlink", link: leader });
        return;
      }
      if (stat.nlink > 1n) this.#leaders.set(stat.ino, path);
      this.#tar.entry(this.#describe(path, host, stat, type));
      if (type === "file" && stat.size > 0n) this.#tar.content(host, Number(stat.size));
    }
  }

  #describe(path: string, host: string, stat: BigIntStats, type: EntryType): TarEntry {
    const xattrs = type === "symlink" ? undefined : xattrsOf(host);
    const device = type === "char" || type === "block" ? deviceParts(stat.rdev) : {};
    return {
      path,
      type,
      mode: Number(stat.mode) & 0o7777,
      ...ownerOf(host, stat),
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
    this.#tar.entry({ path, type: "file", mode: 0, uid: 0, gid: 0, size: 0, mtimeNs: this.#clamped(mtimeNs) });
  }
}

function packFolder(path: string, draft: DraftFolder, tar: DraftTar): void {
  for (const name of inByteOrder([...draft.children.keys()])) {
    const child = draft.children.get(name) as DraftNode;
    const inside = path === "" ? name : `${path}/${name}`;
    if (child.type === "directory") {
      tar.directory(inside, child);
      packFolder(inside, child, tar);
    } else tar.file(inside, child, child.host);
  }
}

/** The tar of a draft, entry by entry: in byte order, parents first. */
export class DraftTar {
  readonly #tar: TarFile;
  readonly #leaders = new Map<string, string>();

  constructor(tar: TarFile) {
    this.#tar = tar;
  }

  directory(path: string, folder: DraftFolder): void {
    this.#tar.entry(describeDraft(path, folder, 0));
  }

  /** `content` is the file's bytes, or where they lie. */
  file(path: string, file: DraftFile, content: Buffer | string): void {
    const leader = file.inode === undefined ? undefined : this.#leaders.get(file.inode);
    const entry = describeDraft(path, file, file.size);
    if (leader !== undefined) {
      this.#tar.entry({ ...entry, type: "hardlink", link: leader });
      return;
    }
    if (file.inode !== undefined) this.#leaders.set(file.inode, path);
    const device = file.rdev === undefined ? {} : deviceParts(file.rdev);
    const link = file.link === undefined ? {} : { link: file.link };
    this.#tar.entry({ ...entry, ...device, ...link });
    if (file.size === 0) return;
    if (typeof content === "string") this.#tar.content(content, file.size, file.source);
    else this.#tar.bytes(content);
  }
}

function describeDraft(path: string, { type, mode, uid, gid, mtimeNs, attributesOf }: DraftNode, size: number): TarEntry {
  let xattrs: Map<string, Buffer> | undefined;
  for (const host of attributesOf) {
    const found = xattrsOf(host);
    if (found) xattrs = new Map([...(xattrs ?? []), ...found]);
  }
  return { path, type, mode, uid, gid, size, mtimeNs, ...(xattrs ? { xattrs } : {}) };
}

const BUFFER_SIZE = 1 << 20;

/** A tar being written: one pass over the bytes hashes and writes. */
export class TarFile {
  readonly #file: number | undefined;
  readonly #hash: Hash = createHash("sha256");
  readonly #buffer: Buffer = Buffer.allocUnsafe(BUFFER_SIZE);
  #used = 0;
  #size = 0;
  #newestNs = 0n;

  constructor(file: number | undefined) {
    this.#file = file;
  }

  end(): Packed {
    this.add(Buffer.alloc(1024));
    this.#flush();
    return {
      diffId: `sha256:${this.#hash.digest("hex")}`,
      size: this.#size,
      newest: Number(this.#newestNs / 1_000_000_000n) * 1000,
    };
  }

  entry(entry: TarEntry): void {
    if (entry.mtimeNs > this.#newestNs) this.#newestNs = entry.mtimeNs;
    this.add(encodeHeader(entry));
  }

  /** The content of a file and what fills its last block. `name` is its path for messages. */
  content(host: string, size: number, name: string = host): void {
    const file = opened(host, name);
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
    this.#pad(size);
  }

  /** The content of a file that is at hand, and what fills its last block. */
  bytes(content: Buffer): void {
    this.add(content);
    this.#pad(content.length);
  }

  #pad(size: number): void {
    const pad = padding(size);
    if (pad > 0) this.add(Buffer.alloc(pad));
  }

  add(bytes: Buffer): void {
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

function opened(host: string, name: string): number {
  try {
    return openSync(host, "r");
  } catch (error) {
    const failure = error as NodeJS.ErrnoException;
    if (failure.code === "ENOENT") throw fileChanged(host);
    throw unreadable(name, failure);
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
  if (/[\ud800-\uffff]/.test(names.join("/"))) names.sort((a, b) => Buffer.compare(encodeName(a), encodeName(b)));
  return names;
}
