/** A draft as a folder in overlayfs form. */
import { closeSync, constants, readSync, writeSync } from "node:fs";
import type { DraftFile, DraftFolder, DraftNode } from "./draft.ts";
import { fileChanged, unreadable } from "./errors.ts";
import { chmodSync, copyFileSync, linkSync, lstatSync, mkdirSync, openSync, rmSync, symlinkSync } from "./host-files.ts";
import { giveOwner } from "./owner.ts";
import { DraftTar, inByteOrder, type Packed, packed, xattrsOf } from "./pack.ts";
import { deviceParts, makeNode, setTimes } from "./syscalls.ts";
import { writeXattrs } from "./xattrs.ts";

/** Files up to this size are read and written at once, which costs half of the system calls. */
const SMALL = 1 << 16;
const buffer: Buffer = Buffer.allocUnsafe(SMALL + 1);
/** Bits of a mode that a new file does not get from being opened with it. */
const MASKED: number = 0o7000 | process.umask();

/**
 * Lays the files of a draft into a folder, which is empty unless they are to go `over`
 * what is there: folders are kept, all else of the same name is replaced. Throws
 * FILE_UNREADABLE, FILE_CHANGED.
 */
export function layDraft(draft: DraftFolder, folder: string, over = false): void {
  new Layer(over).root(draft, folder);
}

/** Lays the files of a draft into an empty folder and packs them into a tar in the same pass. Throws FILE_UNREADABLE, FILE_CHANGED. */
export function layAndPackDraft(draft: DraftFolder, folder: string, file: string): Packed {
  return packed(file, (tar) => new Layer(false, new DraftTar(tar)).root(draft, folder));
}

class Layer {
  /** First name of a file with several. */
  readonly #links = new Map<string, string>();
  readonly #over: boolean;
  readonly #tar: DraftTar | undefined;

  constructor(over: boolean, tar?: DraftTar) {
    this.#over = over;
    this.#tar = tar;
  }

  root(draft: DraftFolder, host: string): void {
    this.#folder(draft, host, "");
    if (draft.mtimeNs !== 0n) setTimes(host, draft.mtimeNs);
  }

  #folder(draft: DraftFolder, host: string, inside: string): void {
    for (const name of inByteOrder([...draft.children.keys()])) {
      const child = draft.children.get(name) as DraftNode;
      const path = `${host}/${name}`;
      const isThere = this.#over && makeRoom(path, child.type === "directory");
      if (child.type !== "directory") {
        this.#file(child, path, inside + name);
        continue;
      }
      this.#tar?.directory(inside + name, child);
      if (!isThere) mkdirSync(path);
      this.#folder(child, path, `${inside}${name}/`);
      if (child.uid !== 0 || child.gid !== 0) giveOwner(path, child);
      chmodSync(path, child.mode);
      takeXattrs(path, child.attributesOf);
      // What was put into it has changed its time.
      setTimes(path, child.mtimeNs);
    }
  }

  #file(file: DraftFile, host: string, inside: string): void {
    const first = file.inode === undefined ? undefined : this.#links.get(file.inode);
    if (first !== undefined) {
      linkSync(first, host);
      this.#tar?.file(inside, file, host);
      return;
    }
    if (file.inode !== undefined) this.#links.set(file.inode, host);
    const bytes = this.#make(file, host);
    if (bytes === undefined) return;
    if (file.uid !== 0 || file.gid !== 0) giveOwner(host, file);
    if (file.type !== "symlink" && (typeof bytes === "string" || (file.mode & MASKED) !== 0)) chmodSync(host, file.mode);
    takeXattrs(host, file.attributesOf);
    setTimes(host, file.mtimeNs);
    this.#tar?.file(inside, file, bytes);
  }

  /** Makes the file. Its bytes if they were read, else where they lie; undefined if it cannot be made here. */
  #make(file: DraftFile, host: string): Buffer | string | undefined {
    if (file.type === "file") return content(file, host);
    if (file.type === "symlink") symlinkSync(file.link ?? "", host);
    else {
      const { major, minor } = file.rdev === undefined ? { major: 0, minor: 0 } : deviceParts(file.rdev);
      if (!makeNode(host, file.type, 0o600, major, minor)) return undefined;
    }
    return host;
  }
}

/** Whether a folder that is wanted is there; anything else is removed. */
function makeRoom(path: string, isFolder: boolean): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return false;
  if (isFolder && stat.isDirectory()) return true;
  rmSync(path, { recursive: true });
  return false;
}

function content(file: DraftFile, host: string): Buffer | string {
  try {
    if (file.size <= SMALL) return copySmall(file, host);
    copyFileSync(file.host, host, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    return host;
  } catch (error) {
    const failure = error as NodeJS.ErrnoException;
    if (failure.code === "EACCES" || failure.code === "EPERM") throw unreadable(file.source, failure);
    if (failure.code === "ENOENT") throw fileChanged(file.host);
    throw error;
  }
}

/** Copies a file and returns its bytes, which are there until the next one is copied. */
function copySmall(file: DraftFile, host: string): Buffer {
  const from = openSync(file.host, "r");
  let size = 0;
  try {
    // More is asked for than there should be, so that a file that has grown is noticed.
    for (let count = 1; count > 0 && (size < file.size || size === 0); size += count)
      count = readSync(from, buffer, size, buffer.length - size, null);
  } finally {
    closeSync(from);
  }
  if (size !== file.size) throw fileChanged(file.host);
  const to = openSync(host, "wx", file.mode & 0o777);
  try {
    for (let at = 0; at < size; ) at += writeSync(to, buffer, at, size - at);
  } finally {
    closeSync(to);
  }
  return buffer.subarray(0, size);
}

function takeXattrs(host: string, from: readonly string[]): void {
  for (const source of from) writeXattrs(host, xattrsOf(source) ?? []);
}
