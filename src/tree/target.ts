/**
 * Where files are copied to: a layer being made on top of others.
 *
 * The layer is the upper folder that overlayfs would have made, so a directory that
 * exists below appears in it with the same mode, owner, attributes and time before
 * anything is put into it.
 */
import {
  type BigIntStats,
  chmodSync,
  constants,
  copyFileSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { fileOverDirectory, notADirectory, unreadable } from "./errors.ts";
import type { Mode, ModeChange } from "./mode.ts";
import { typeOf, xattrsOf } from "./pack.ts";
import { deviceParts, makeNode, setTimes, setXattr } from "./syscalls.ts";
import { type Node, View } from "./view.ts";
import { isWhiteout } from "./whiteout.ts";

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const isRoot: boolean = process.getuid?.() === 0;

export class Target {
  readonly #layer: string;
  readonly #view: View;
  readonly #owner: Owner | undefined;
  readonly #mode: ModeChange | undefined;
  /** Mode of directories that are made on the way to a destination. */
  readonly #created: number;
  /** Directories that are in the layer; true for those that exist nowhere below. */
  readonly #directories = new Map<string, boolean>([["", false]]);
  readonly #times = new Map<string, bigint>();
  /** First copy of a file with several links. */
  readonly #links = new Map<string, string>();

  /** `owner` and `mode` are those of --chown and --chmod: all that is new gets them. */
  constructor(layer: string, below: readonly string[], owner: Owner | undefined, mode: Mode | undefined) {
    this.#layer = layer;
    this.#view = new View({ kind: "layers", folders: [...below, layer] }, false);
    this.#owner = owner;
    this.#mode = mode?.change;
    // BuildKit makes them with the octal --chmod less the usual umask; a symbolic one changes nothing here.
    this.#created = mode?.octal === undefined ? 0o755 : mode.octal & 0o755;
    if (below.length === 0) this.#directories.set("", true);
  }

  /** The path with the links of the image followed, never out of the root. */
  resolve(path: string): string {
    return this.#view.resolve(path);
  }

  isDirectory(path: string): boolean {
    return this.#existing(path)?.isDirectory() ?? false;
  }

  /** Whether something that is no directory is there. */
  isFile(path: string): boolean {
    const stat = this.#existing(path);
    return stat !== undefined && !stat.isDirectory();
  }

  /**
   * Makes a directory and those above it where they are missing. It becomes like `like`;
   * without that a new one is 0755, and one that is there keeps what it has. Throws
   * COPY_NOT_A_DIRECTORY.
   */
  makeDirectory(path: string, like?: Node, from?: View): void {
    if (path === "" || (this.#directories.has(path) && !like)) return;
    const parent = parentOf(path);
    this.makeDirectory(parent);
    const host = this.#host(path);
    const there = this.#directories.get(parent) ? undefined : this.#view.lookup(path);
    if (there && !there.stat.isDirectory()) throw notADirectory(`/${path}`);
    const inLayer = lstatSync(host, { throwIfNoEntry: false, bigint: true });
    if (!inLayer?.isDirectory()) {
      if (inLayer) rmSync(host);
      mkdirSync(host);
      if (there) this.#copyUp(host, path, there);
    }
    if (like || !there) this.#describe(host, path, like, from);
    this.#directories.set(path, there === undefined);
  }

  /** Gives a directory that was made here the time of another. */
  takeTime(path: string, { stat }: Node): void {
    if (this.#directories.get(path)) this.#times.set(path, stat.mtimeNs);
  }

  /** Copies one file that is no directory; `replace`: also over one. Throws COPY_FILE_OVER_DIRECTORY, FILE_UNREADABLE. */
  putFile(path: string, node: Node, from: View, replace = false): void {
    this.makeDirectory(parentOf(path));
    const host = this.#host(path);
    if (!replace && !this.#directories.get(parentOf(path)) && this.isDirectory(path)) throw fileOverDirectory(`/${path}`);
    const inLayer = lstatSync(host, { throwIfNoEntry: false, bigint: true });
    if (inLayer?.isDirectory()) {
      if (!replace) throw fileOverDirectory(`/${path}`);
      this.#forget(path);
    }
    if (inLayer) rmSync(host, { recursive: true });
    const type = typeOf(node.stat);
    if (type === "socket" || this.#linked(host, node)) return;
    if (type === "file") copyContent(node, host);
    else if (type === "symlink") symlinkSync(readlinkSync(node.host), host);
    else if (type !== "directory") this.#makeNode(host, node);
    const owner = this.#owner ?? from.owner ?? ownerOf(node.stat);
    if (isRoot) lchownSync(host, owner.uid, owner.gid);
    if (type !== "symlink") chmodSync(host, this.#modeOf(node.stat, false));
    if (!from.owner && type !== "symlink") writeXattrs(host, node.host);
    setTimes(host, node.stat.mtimeNs);
  }

  /** Sets the times of directories, which every file put in them has changed. */
  finish(): void {
    for (const [path, mtimeNs] of this.#times) setTimes(this.#host(path), mtimeNs);
  }

  /** A folder beside the layer, on the same disk, for files on their way. */
  beside(): string {
    return `${this.#layer}.unpacked`;
  }

  #forget(path: string): void {
    for (const known of this.#directories.keys())
      if (known === path || known.startsWith(`${path}/`)) this.#directories.delete(known);
    for (const known of this.#times.keys()) if (known === path || known.startsWith(`${path}/`)) this.#times.delete(known);
  }

  #host(path: string): string {
    return path === "" ? this.#layer : `${this.#layer}/${path}`;
  }

  #existing(path: string): BigIntStats | undefined {
    return this.#view.lookup(path)?.stat;
  }

  #makeNode(host: string, node: Node): void {
    const type = typeOf(node.stat);
    if (type !== "char" && type !== "block" && type !== "fifo") return;
    const { major, minor } = deviceParts(node.stat.rdev);
    if (type === "char" && isWhiteout(node.stat)) return;
    makeNode(host, type, 0o600, major, minor);
  }

  #linked(host: string, { stat }: Node): boolean {
    if (stat.nlink < 2n || !stat.isFile()) return false;
    const id = `${stat.dev}:${stat.ino}`;
    const first = this.#links.get(id);
    if (first === undefined) {
      this.#links.set(id, host);
      return false;
    }
    linkSync(first, host);
    return true;
  }

  #copyUp(host: string, path: string, { stat, host: below }: Node): void {
    if (isRoot) lchownSync(host, Number(stat.uid), Number(stat.gid));
    chmodSync(host, Number(stat.mode) & 0o7777);
    writeXattrs(host, below);
    this.#times.set(path, stat.mtimeNs);
  }

  #describe(host: string, path: string, like: Node | undefined, from: View | undefined): void {
    const owner = this.#owner ?? (like ? (from?.owner ?? ownerOf(like.stat)) : { uid: 0, gid: 0 });
    if (isRoot) lchownSync(host, owner.uid, owner.gid);
    chmodSync(host, like ? this.#modeOf(like.stat, true) : this.#created);
    if (!like) return;
    if (!from?.owner) writeXattrs(host, like.host);
    this.#times.set(path, like.stat.mtimeNs);
  }

  #modeOf(stat: BigIntStats, isDirectory: boolean): number {
    const mode = Number(stat.mode) & 0o7777;
    return this.#mode ? this.#mode(mode, isDirectory) : mode;
  }
}

function copyContent(node: Node, host: string): void {
  try {
    copyFileSync(node.host, host, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  } catch (error) {
    const failure = error as NodeJS.ErrnoException;
    if (failure.code === "EACCES" || failure.code === "EPERM") throw unreadable(node.path, failure);
    throw error;
  }
}

function writeXattrs(host: string, from: string): void {
  for (const [name, value] of xattrsOf(from) ?? []) setXattr(host, name, value);
}

function ownerOf(stat: BigIntStats): Owner {
  return { uid: Number(stat.uid), gid: Number(stat.gid) };
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}
