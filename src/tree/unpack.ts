/**
 * Archives into folders, and never outside of them.
 *
 * A name is an entry's place below the folder, also where it starts with a slash. Links
 * that earlier entries made are followed one by one, as if the folder were the root, and
 * one that leads above it is refused, as Docker refuses it. Nobody else writes there.
 */
import { createHash } from "node:crypto";
import { closeSync, constants, fchmodSync, ftruncateSync, futimesSync, writeSync } from "node:fs";
import { posix } from "node:path";
import { type Digest, SlipwayError, UNDATED_MS } from "../core/index.ts";
import { type CompressionKind, plainChunks } from "./compress.ts";
import { entryEscapes, entryUnwritable, linksWithoutEnd, linkTargetMissing } from "./errors.ts";
import {
  chmodSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from "./host-files.ts";
import { giveOwner } from "./owner.ts";
import { makeNode, setTimes } from "./syscalls.ts";
import type { TarEntry } from "./tar-header.ts";
import { type Sink, TarReader } from "./tar-read.ts";
import { AUFS_PREFIX, isHostXattr, isWhiteout, markOpaque, OPAQUE_MARK, WHITEOUT_PREFIX, writeWhiteout } from "./whiteout.ts";
import { writeXattrs } from "./xattrs.ts";

export interface UnpackOptions {
  /** The archive. */
  readonly file: string;
  readonly compression: CompressionKind;
  /** Where it goes; must be there. */
  readonly folder: string;
}

export interface Unpacked {
  /** Digest of the uncompressed archive. */
  readonly diffId: Digest;
  /** Its bytes. */
  readonly size: number;
  /** The time of the newest file in it, in milliseconds since the epoch but in whole seconds, as a tar has it; 0 if it is empty. */
  readonly newest: number;
}

const MOST_LINKS = 255;
const UNDATED_NS: bigint = BigInt(UNDATED_MS) * 1_000_000n;

/** A layer's tar into an empty folder, deletions in overlayfs form. Throws ARCHIVE_*, TAR_*, COMPRESSION_*. */
export function unpackLayer(options: UnpackOptions): Promise<Unpacked> {
  return unpack(options, new Unpacker(options.folder, { whiteouts: true }));
}

/** An archive's files into a folder, as they are; what is there is replaced (contexts, `import`). */
export function unpackArchive(options: UnpackOptions): Promise<Unpacked> {
  return unpack(options, new Unpacker(options.folder, { whiteouts: false }));
}

async function unpack(options: UnpackOptions, unpacker: Unpacker): Promise<Unpacked> {
  const hash = createHash("sha256");
  const reader = new TarReader((entry) => unpacker.entry(entry));
  let size = 0;
  try {
    for await (const chunk of plainChunks(options.file, options.compression)) {
      hash.update(chunk);
      size += chunk.length;
      reader.write(chunk);
    }
    reader.finish();
    unpacker.finish();
  } finally {
    unpacker.close();
  }
  return { diffId: `sha256:${hash.digest("hex")}`, size, newest: unpacker.newest };
}

/** Writes the entries of one archive below one folder. */
export class Unpacker {
  readonly #folder: string;
  readonly #whiteouts: boolean;
  /** Directories that are known to be real ones. */
  readonly #directories = new Set<string>([""]);
  readonly #times = new Map<string, bigint>();
  #newestNs = 0n;
  #open: number | undefined;

  constructor(folder: string, { whiteouts }: { readonly whiteouts: boolean }) {
    this.#folder = folder;
    this.#whiteouts = whiteouts;
  }

  /** Makes what the entry says; a sink for a file's content. Throws ARCHIVE_*. */
  entry(entry: TarEntry): Sink | undefined {
    if (entry.mtimeNs > this.#newestNs) this.#newestNs = entry.mtimeNs;
    return answering(entry.path, () => this.#make(entry));
  }

  #make(entry: TarEntry): Sink | undefined {
    const asked = cleanName(entry.path, entry.path);
    const name = posix.basename(asked);
    if (asked === "") {
      if (entry.type !== "directory") throw entryUnwritable(entry.path, "only a directory can be the root");
      this.#directory("", this.#folder, entry);
      return undefined;
    }
    const parent = this.#realFolder(parentOf(asked), entry.path);
    if (this.#whiteouts && name.startsWith(WHITEOUT_PREFIX)) {
      this.#whiteout(parent, name, entry);
      return undefined;
    }
    const path = join(parent, name);
    const host = this.#host(path);
    if (entry.type === "directory") this.#directory(path, host, entry);
    else {
      this.#clear(path, host);
      if (entry.type === "file") return this.#file(host, entry);
      this.#special(host, entry);
    }
    return undefined;
  }

  /** The time of the newest entry, in milliseconds since the epoch but in whole seconds; 0 if there was none. */
  get newest(): number {
    return Number(this.#newestNs / 1_000_000_000n) * 1000;
  }

  /** Sets the times of directories, which every entry in them has changed. */
  finish(): void {
    for (const [path, mtimeNs] of this.#times) answering(path, () => setMtime(this.#host(path), mtimeNs));
  }

  close(): void {
    if (this.#open !== undefined) closeSync(this.#open);
    this.#open = undefined;
  }

  #host(path: string): string {
    return path === "" ? this.#folder : `${this.#folder}/${path}`;
  }

  /** The folder that a path leads to, links followed. What is missing is made, but not for the sake of a hard link's `target`. */
  #realFolder(path: string, name: string, target?: string): string {
    if (this.#directories.has(path)) return path;
    const pending = path.split("/").reverse();
    let done = "";
    let links = 0;
    for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
      if (part === "" || part === ".") continue;
      if (part === "..") {
        if (done === "") throw entryEscapes(name, "a link leads out");
        done = parentOf(done);
        continue;
      }
      const here = join(done, part);
      const link = this.#directories.has(here) ? undefined : this.#step(here, name, target);
      if (link === undefined) done = here;
      else {
        if (++links > MOST_LINKS) throw linksWithoutEnd(path);
        if (link.startsWith("/")) done = "";
        pending.push(...link.split("/").reverse());
      }
    }
    return done;
  }

  /** Goes into a folder that was not met before; the target, if it is a link. */
  #step(path: string, name: string, target: string | undefined): string | undefined {
    const host = this.#host(path);
    const stat = lstatSync(host, { throwIfNoEntry: false, bigint: true });
    if (stat?.isSymbolicLink()) return readlinkSync(host);
    const deleted = stat !== undefined && this.#whiteouts && isWhiteout(stat);
    if (stat?.isDirectory() !== true) {
      if (target !== undefined && (!stat || deleted)) throw linkTargetMissing(name, target);
      if (stat && !deleted) throw entryUnwritable(name, `${path} is no directory`);
      if (deleted) rmSync(host);
      mkdirSync(host);
      // A set-gid folder hands its group down.
      giveOwner(host, { uid: 0, gid: 0 });
      chmodSync(host, 0o755);
      if (deleted) markOpaque(host);
      this.#times.set(path, UNDATED_NS);
    }
    this.#directories.add(path);
    return undefined;
  }

  #whiteout(parent: string, name: string, entry: TarEntry): void {
    if (name === OPAQUE_MARK) markOpaque(this.#host(parent));
    else if (!name.startsWith(AUFS_PREFIX)) {
      const deleted = name.slice(WHITEOUT_PREFIX.length);
      if (deleted === "" || deleted === "." || deleted === "..") throw entryUnwritable(entry.path, "it deletes nothing");
      const host = this.#host(join(parent, deleted));
      const stat = lstatSync(host, { throwIfNoEntry: false });
      // What this layer itself has made is not what it deletes, but what is below that.
      if (!stat) {
        writeWhiteout(host);
        setMtime(host, entry.mtimeNs);
      } else if (stat.isDirectory()) markOpaque(host);
    }
  }

  #directory(path: string, host: string, entry: TarEntry): void {
    const stat = lstatSync(host, { throwIfNoEntry: false, bigint: true });
    const hidden = stat !== undefined && isWhiteout(stat);
    if (stat && !stat.isDirectory()) this.#clear(path, host);
    if (!stat?.isDirectory()) mkdirSync(host);
    this.#directories.add(path);
    if (hidden && this.#whiteouts) markOpaque(host);
    giveOwner(host, entry);
    chmodSync(host, entry.mode);
    giveXattrs(host, entry);
    this.#times.set(path, entry.mtimeNs);
  }

  #clear(path: string, host: string): void {
    const stat = lstatSync(host, { throwIfNoEntry: false });
    if (!stat) return;
    rmSync(host, { recursive: true, force: true });
    if (!stat.isDirectory()) return;
    for (const known of this.#directories) if (known === path || known.startsWith(`${path}/`)) this.#directories.delete(known);
    for (const known of this.#times.keys()) if (known === path || known.startsWith(`${path}/`)) this.#times.delete(known);
  }

  #file(host: string, entry: TarEntry): Sink {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    const file = openSync(host, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    this.#open = file;
    const name = entry.path;
    let at = 0;
    let hollow = false;
    return {
      write: (chunk) =>
        answering(name, () => {
          for (let from = 0; from < chunk.length; ) from += writeSync(file, chunk, from, chunk.length - from, at + from);
          at += chunk.length;
        }),
      hole: (length) => {
        at += length;
        hollow = true;
      },
      end: () =>
        answering(name, () => {
          if (hollow) ftruncateSync(file, at);
          this.#describe(host, file, entry);
        }),
    };
  }

  #describe(host: string, file: number, entry: TarEntry): void {
    giveOwner(host, entry);
    fchmodSync(file, entry.mode);
    const exact = isWhole(entry.mtimeNs);
    if (exact) futimesSync(file, Number(entry.mtimeNs / 1_000_000_000n), Number(entry.mtimeNs / 1_000_000_000n));
    closeSync(file);
    this.#open = undefined;
    giveXattrs(host, entry);
    if (!exact) setTimes(host, entry.mtimeNs);
  }

  #special(host: string, entry: TarEntry): void {
    if (entry.type === "hardlink") {
      this.#hardlink(host, entry);
      return;
    }
    if (entry.type === "symlink") symlinkSync(entry.link ?? "", host);
    else if (
      entry.type !== "directory" &&
      entry.type !== "file" &&
      !makeNode(host, entry.type, entry.mode, entry.major, entry.minor)
    )
      return;
    giveOwner(host, entry);
    if (entry.type !== "symlink") chmodSync(host, entry.mode);
    giveXattrs(host, entry);
    setMtime(host, entry.mtimeNs);
  }

  #hardlink(host: string, entry: TarEntry): void {
    const link = entry.link ?? "";
    const target = cleanName(link, entry.path);
    const folder = this.#realFolder(parentOf(target), entry.path, link);
    try {
      linkSync(this.#host(join(folder, posix.basename(target))), host);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") throw linkTargetMissing(entry.path, link);
      throw error;
    }
  }
}

/** Where a name is below the folder; `entry` is whose it is. */
function cleanName(name: string, entry: string): string {
  if (name.includes("\0")) throw entryUnwritable(entry, "a name has a NUL");
  const clean = posix.normalize(name);
  if (clean === ".." || clean.startsWith("../")) throw entryEscapes(entry, "a name has ..");
  return clean === "." ? "" : clean.replace(/^\/+|\/$/g, "");
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}

function join(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** An entry that the file system does not take is the archive's fault, or the disk's, not ours. */
function answering<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof SlipwayError || (error as NodeJS.ErrnoException).code === undefined) throw error;
    const [, reason] = /^[A-Z0-9]+: ([^,]+)/.exec((error as Error).message) ?? [];
    throw entryUnwritable(name, reason ?? (error as Error).message, error);
  }
}

/** Node.js has times as doubles, which hold whole seconds exactly, and nothing finer; of those before 1970 it makes the present. */
function isWhole(mtimeNs: bigint): boolean {
  return mtimeNs >= 0n && mtimeNs % 1_000_000_000n === 0n;
}

function setMtime(host: string, mtimeNs: bigint): void {
  if (!isWhole(mtimeNs)) setTimes(host, mtimeNs);
  else lutimesSync(host, Number(mtimeNs / 1_000_000_000n), Number(mtimeNs / 1_000_000_000n));
}

function giveXattrs(host: string, { xattrs }: TarEntry): void {
  if (!xattrs) return;
  const own = [...xattrs].filter(([name]) => !isHostXattr(name) || name.startsWith("system.posix_acl"));
  writeXattrs(host, own);
}
