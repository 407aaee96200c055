/**
 * Archives into folders, and never outside of them.
 *
 * Every name is taken apart; `..` is refused, and so is every name that goes through
 * something that is no directory: a link planted by an earlier entry leads nowhere.
 */
import { createHash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { posix } from "node:path";
import type { Digest } from "../core/index.ts";
import { type CompressionKind, plainChunks } from "./compress.ts";
import { entryEscapes, linkTargetMissing } from "./errors.ts";
import { makeNode, setTimes, setXattr } from "./syscalls.ts";
import type { TarEntry } from "./tar-header.ts";
import { type Sink, TarReader } from "./tar-read.ts";
import { AUFS_PREFIX, isHostXattr, isWhiteout, markOpaque, OPAQUE_MARK, WHITEOUT_PREFIX, writeWhiteout } from "./whiteout.ts";

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
}

const isRoot: boolean = process.getuid?.() === 0;

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
  return { diffId: `sha256:${hash.digest("hex")}`, size };
}

/** Writes the entries of one archive below one folder. */
export class Unpacker {
  readonly #folder: string;
  readonly #whiteouts: boolean;
  /** Directories that are known to be real ones. */
  readonly #directories = new Set<string>([""]);
  readonly #times = new Map<string, bigint>();
  #open: number | undefined;

  constructor(folder: string, { whiteouts }: { readonly whiteouts: boolean }) {
    this.#folder = folder;
    this.#whiteouts = whiteouts;
  }

  /** Makes what the entry says; a sink for a file's content. */
  entry(entry: TarEntry): Sink | undefined {
    const path = this.#cleanName(entry.path);
    const name = posix.basename(path);
    if (this.#whiteouts && name.startsWith(WHITEOUT_PREFIX)) {
      this.#whiteout(path, name);
      return undefined;
    }
    if (path !== "") this.#makeParents(path);
    const host = this.#host(path);
    if (entry.type === "directory") this.#directory(path, host, entry);
    else if (path === "") throw entryEscapes(entry.path, "only a directory can be the root");
    else {
      this.#clear(path, host);
      if (entry.type === "file") return this.#file(host, entry);
      this.#special(host, entry);
    }
    return undefined;
  }

  /** Sets the times of directories, which every entry in them has changed. */
  finish(): void {
    for (const [path, mtimeNs] of this.#times) setMtime(this.#host(path), mtimeNs);
  }

  close(): void {
    if (this.#open !== undefined) closeSync(this.#open);
    this.#open = undefined;
  }

  #host(path: string): string {
    return path === "" ? this.#folder : `${this.#folder}/${path}`;
  }

  #cleanName(name: string): string {
    if (name.includes("\0")) throw entryEscapes(name, "the name has a NUL");
    const absolute = name.startsWith("/");
    if (absolute && this.#whiteouts) throw entryEscapes(name, "the name is absolute");
    const parts = name.split("/").filter((part) => part !== "" && part !== ".");
    if (parts.includes("..")) throw entryEscapes(name, "the name has ..");
    return parts.join("/");
  }

  #makeParents(path: string): void {
    const slash = path.lastIndexOf("/");
    const parent = slash < 0 ? "" : path.slice(0, slash);
    if (this.#directories.has(parent)) return;
    this.#makeParents(parent);
    const host = this.#host(parent);
    const stat = lstatSync(host, { throwIfNoEntry: false });
    if (!stat) {
      mkdirSync(host, { mode: 0o755 });
      chmodSync(host, 0o755);
    } else if (!stat.isDirectory()) throw entryEscapes(path, `${parent} is no directory`);
    this.#directories.add(parent);
  }

  #whiteout(path: string, name: string): void {
    this.#makeParents(path);
    const folder = this.#host(posix.dirname(path) === "." ? "" : posix.dirname(path));
    if (name === OPAQUE_MARK) markOpaque(folder);
    else if (!name.startsWith(AUFS_PREFIX)) {
      const target = `${folder}/${name.slice(WHITEOUT_PREFIX.length)}`;
      // What this layer itself has made is not what it deletes.
      if (!lstatSync(target, { throwIfNoEntry: false })) writeWhiteout(target);
    }
  }

  #directory(path: string, host: string, entry: TarEntry): void {
    const stat = lstatSync(host, { throwIfNoEntry: false, bigint: true });
    const hidden = stat !== undefined && isWhiteout(stat);
    if (stat && !stat.isDirectory()) this.#clear(path, host);
    if (!stat?.isDirectory()) mkdirSync(host);
    this.#directories.add(path);
    if (hidden && this.#whiteouts) markOpaque(host);
    if (isRoot) lchownSync(host, entry.uid, entry.gid);
    chmodSync(host, entry.mode);
    writeXattrs(host, entry);
    this.#times.set(path, entry.mtimeNs);
  }

  #clear(path: string, host: string): void {
    const stat = lstatSync(host, { throwIfNoEntry: false });
    if (!stat) return;
    if (path === "") throw entryEscapes(path, "the root cannot be replaced");
    rmSync(host, { recursive: true, force: true });
    if (!stat.isDirectory()) return;
    for (const known of this.#directories) if (known === path || known.startsWith(`${path}/`)) this.#directories.delete(known);
    for (const known of this.#times.keys()) if (known === path || known.startsWith(`${path}/`)) this.#times.delete(known);
  }

  #file(host: string, entry: TarEntry): Sink {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    const file = openSync(host, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    this.#open = file;
    return {
      write(chunk) {
        for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at);
      },
      end: () => {
        if (isRoot) fchownSync(file, entry.uid, entry.gid);
        fchmodSync(file, entry.mode);
        const exact = entry.mtimeNs % 1_000_000_000n === 0n;
        if (exact) futimesSync(file, Number(entry.mtimeNs / 1_000_000_000n), Number(entry.mtimeNs / 1_000_000_000n));
        closeSync(file);
        this.#open = undefined;
        writeXattrs(host, entry);
        if (!exact) setTimes(host, entry.mtimeNs);
      },
    };
  }

  #special(host: string, entry: TarEntry): void {
    if (entry.type === "hardlink") {
      this.#hardlink(host, entry);
      return;
    }
    if (entry.type === "symlink") symlinkSync(entry.link ?? "", host);
    else if (entry.type !== "directory" && entry.type !== "file")
      makeNode(host, entry.type, entry.mode, entry.major, entry.minor);
    if (isRoot) lchownSync(host, entry.uid, entry.gid);
    if (entry.type !== "symlink") chmodSync(host, entry.mode);
    writeXattrs(host, entry);
    setMtime(host, entry.mtimeNs);
  }

  #hardlink(host: string, entry: TarEntry): void {
    const target = this.#cleanName(entry.link ?? "");
    let parent = "";
    for (const part of target.split("/").slice(0, -1)) {
      parent = parent === "" ? part : `${parent}/${part}`;
      const stat = lstatSync(this.#host(parent), { throwIfNoEntry: false });
      if (!stat) throw linkTargetMissing(entry.path, entry.link ?? "");
      if (!stat.isDirectory()) throw entryEscapes(entry.path, `it links through ${parent}, which is no directory`);
    }
    try {
      linkSync(this.#host(target), host);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") throw linkTargetMissing(entry.path, entry.link ?? "");
      throw error;
    }
  }
}

/** Node.js has times as doubles, which hold whole seconds exactly, and nothing finer. */
function setMtime(host: string, mtimeNs: bigint): void {
  if (mtimeNs % 1_000_000_000n !== 0n) setTimes(host, mtimeNs);
  else lutimesSync(host, Number(mtimeNs / 1_000_000_000n), Number(mtimeNs / 1_000_000_000n));
}

function writeXattrs(host: string, entry: TarEntry): void {
  for (const [name, value] of entry.xattrs ?? []) {
    if (isHostXattr(name) && !name.startsWith("system.posix_acl")) continue;
    try {
      setXattr(host, name, value);
    } catch (error) {
      // Without privilege capabilities cannot be given; a file system may have no attributes.
      const { code = "" } = error as NodeJS.ErrnoException;
      if (code !== "ENOTSUP" && code !== "EOPNOTSUPP" && (isRoot || code !== "EPERM")) throw error;
    }
  }
}
