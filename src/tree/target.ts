/**
 * Where files are copied to: the draft of a layer on top of others.
 *
 * The layer is what overlayfs would have made, so a directory that exists below appears
 * in it with the same mode, owner, attributes and time before anything is put into it.
 */
import type { BigIntStats } from "node:fs";
import { UNDATED_MS } from "../core/index.ts";
import { type DraftFile, type DraftFolder, type DraftNode, draftFolder } from "./draft.ts";
import type { EntryType } from "./entry.ts";
import { fileOverDirectory, notADirectory } from "./errors.ts";
import { readlinkSync } from "./host-files.ts";
import type { Mode, ModeChange } from "./mode.ts";
import { type Owner, ownerOf } from "./owner.ts";
import { typeOf } from "./pack.ts";
import { cleanPath, followLinks, type Node, View } from "./view.ts";
import { isWhiteout } from "./whiteout.ts";

/** How what is new looks. */
export interface Looks {
  /** `--chown`: all that is new gets it. */
  readonly owner?: Owner | undefined;
  /** `--chmod`. */
  readonly mode?: Mode | undefined;
}

export class Target {
  readonly #below: View;
  readonly #draft: DraftFolder;
  readonly #owner: Owner | undefined;
  readonly #mode: ModeChange | undefined;
  /** Mode of directories that are made on the way to a destination. */
  readonly #created: number;
  /** Names of one file are links only if they came with one action. */
  #action = 0;

  constructor(below: readonly string[], looks: Looks, draft: DraftFolder = draftFolder(below.length === 0, 0n)) {
    this.#below = new View({ kind: "layers", folders: below });
    this.#draft = draft;
    this.#owner = looks.owner;
    this.#mode = looks.mode?.change;
    // BuildKit makes them with the octal --chmod less the usual umask; a symbolic one changes nothing here.
    this.#created = looks.mode?.octal === undefined ? 0o755 : looks.mode.octal & 0o755;
  }

  /** What the layer holds so far. */
  get draft(): DraftFolder {
    return this.#draft;
  }

  /** What follows comes from another action. */
  nextAction(): void {
    this.#action++;
  }

  /** The path with the links of the image followed, never out of the root. */
  resolve(path: string): string {
    return followLinks(path, true, (at) => this.#linkAt(at));
  }

  isDirectory(path: string): boolean {
    return this.#typeAt(path) === "directory";
  }

  /** Whether something that is no directory is there. */
  isFile(path: string): boolean {
    const type = this.#typeAt(path);
    return type !== undefined && type !== "directory";
  }

  /**
   * Makes a directory and those above it where they are missing. It becomes like `like`;
   * without that a new one is 0755, and one that is there keeps what it has. Throws
   * COPY_NOT_A_DIRECTORY.
   */
  makeDirectory(path: string, like?: Node, from?: View): void {
    if (path !== "") this.#folder(path, like, from);
  }

  /** Gives a directory that was made here the time of another. */
  takeTime(path: string, { stat }: Node): void {
    const node = this.#nodeAt(path);
    if (node && "isNew" in node && node.isNew) node.mtimeNs = stat.mtimeNs;
  }

  /** Takes one file in that is no directory; `replace`: also over one. Throws COPY_FILE_OVER_DIRECTORY, COPY_NOT_A_DIRECTORY. */
  putFile(path: string, node: Node, from: View, replace = false): void {
    const parent = this.#folder(parentOf(path));
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (!replace && parent.children.get(name)?.type === "directory") throw fileOverDirectory(`/${path}`);
    if (!replace && !parent.isNew && this.isDirectory(path)) throw fileOverDirectory(`/${path}`);
    const file = this.#fileOf(node, from);
    if (file) parent.children.set(name, file);
    else parent.children.delete(name);
  }

  #fileOf(node: Node, from: View): DraftFile | undefined {
    const { stat, host } = node;
    const type = typeOf(stat);
    if (type === "socket" || type === "directory" || isWhiteout(stat)) return undefined;
    const owner = this.#owner ?? from.owner ?? ownerOf(host, stat);
    return {
      type,
      mode: type === "symlink" ? 0o777 : this.#modeOf(stat, false),
      uid: owner.uid,
      gid: owner.gid,
      mtimeNs: stat.mtimeNs,
      size: type === "file" ? Number(stat.size) : 0,
      host,
      source: node.path,
      ...(type === "symlink" ? { link: readlinkSync(host) } : {}),
      ...(type === "char" || type === "block" ? { rdev: stat.rdev } : {}),
      ...(type === "file" && stat.nlink > 1n ? { inode: `${this.#action}:${stat.dev}:${stat.ino}` } : {}),
      attributesOf: !from.owner && type !== "symlink" ? [host] : NONE,
    };
  }

  #folder(path: string, like?: Node, from?: View): DraftFolder {
    if (path === "") return this.#draft;
    const parent = this.#folder(parentOf(path));
    const name = path.slice(path.lastIndexOf("/") + 1);
    const known = parent.children.get(name);
    if (known && known.type !== "directory") throw notADirectory(`/${path}`);
    const folder = known ?? this.#newFolder(path, parent);
    parent.children.set(name, folder);
    if (like) this.#describe(folder, like, from);
    return folder;
  }

  #newFolder(path: string, parent: DraftFolder): DraftFolder {
    const there = parent.isNew ? undefined : this.#below.lookup(path);
    if (there && !there.stat.isDirectory()) throw notADirectory(`/${path}`);
    const folder = draftFolder(there === undefined, UNDATED_NS);
    if (there) {
      Object.assign(folder, ownerOf(there.host, there.stat), {
        mode: Number(there.stat.mode) & 0o7777,
        mtimeNs: there.stat.mtimeNs,
      });
      folder.attributesOf = [there.host];
    } else Object.assign(folder, this.#owner, { mode: this.#created });
    return folder;
  }

  #describe(folder: DraftFolder, like: Node, from: View | undefined): void {
    Object.assign(folder, this.#owner ?? from?.owner ?? ownerOf(like.host, like.stat));
    folder.mode = this.#modeOf(like.stat, true);
    folder.mtimeNs = like.stat.mtimeNs;
    if (!from?.owner) folder.attributesOf.push(like.host);
  }

  #typeAt(path: string): EntryType | undefined {
    const node = this.#nodeAt(path);
    return node && ("stat" in node ? typeOf(node.stat) : node.type);
  }

  #linkAt(path: string): string | undefined {
    const node = this.#nodeAt(path);
    if (!node) return undefined;
    if ("stat" in node) return node.stat.isSymbolicLink() ? readlinkSync(node.host) : undefined;
    return node.type === "symlink" ? node.link : undefined;
  }

  /** The draft hides what is below it. */
  #nodeAt(path: string): DraftNode | Node | undefined {
    const clean = cleanPath(path);
    let folder = this.#draft;
    if (clean === "") return folder;
    const parts = clean.split("/");
    for (const [index, part] of parts.entries()) {
      const child = folder.children.get(part);
      if (!child) return folder.isNew ? undefined : this.#below.lookup(clean);
      if (index === parts.length - 1) return child;
      if (child.type !== "directory") return undefined;
      folder = child;
    }
    return undefined;
  }

  #modeOf(stat: BigIntStats, isDirectory: boolean): number {
    const mode = Number(stat.mode) & 0o7777;
    return this.#mode ? this.#mode(mode, isDirectory) : mode;
  }
}

const NONE: readonly string[] = [];
const UNDATED_NS: bigint = BigInt(UNDATED_MS) * 1_000_000n;

function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}
