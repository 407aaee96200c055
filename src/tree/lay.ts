/** A draft as a folder in overlayfs form. */
import { closeSync, constants, readSync, writeSync } from "node:fs";
import type { DraftFile, DraftFolder } from "./draft.ts";
import { fileChanged, unreadable } from "./errors.ts";
import { chmodSync, copyFileSync, linkSync, lstatSync, mkdirSync, openSync, rmSync, symlinkSync } from "./host-files.ts";
import { giveOwner } from "./owner.ts";
import { xattrsOf } from "./pack.ts";
import { deviceParts, makeNode, setTimes } from "./syscalls.ts";
import { writeXattrs } from "./xattrs.ts";

/** Files up to this size are read and written at once, which costs half of the system calls. */
const SMALL = 1 << 16;
const buffer: Buffer = Buffer.allocUnsafe(SMALL + 1);

/**
 * Lays the files of a draft into a folder, which is empty unless they are to go `over`
 * what is there: folders are kept, all else of the same name is replaced. Throws
 * FILE_UNREADABLE, FILE_CHANGED.
 */
export function layDraft(draft: DraftFolder, folder: string, over = false): void {
  new Layer(over).folder(draft, folder);
  if (draft.mtimeNs !== 0n) setTimes(folder, draft.mtimeNs);
}

class Layer {
  /** First name of a file with several. */
  readonly #links = new Map<string, string>();
  readonly #over: boolean;

  constructor(over: boolean) {
    this.#over = over;
  }

  folder(draft: DraftFolder, host: string): void {
    for (const [name, child] of draft.children) {
      const path = `${host}/${name}`;
      const isThere = this.#over && makeRoom(path, child.type === "directory");
      if (child.type !== "directory") {
        this.#file(child, path);
        continue;
      }
      if (!isThere) mkdirSync(path);
      this.folder(child, path);
      if (child.uid !== 0 || child.gid !== 0) giveOwner(path, child);
      chmodSync(path, child.mode);
      takeXattrs(path, child.attributesOf);
      // What was put into it has changed its time.
      setTimes(path, child.mtimeNs);
    }
  }

  #file(file: DraftFile, host: string): void {
    const first = file.inode === undefined ? undefined : this.#links.get(file.inode);
    if (first !== undefined) {
      linkSync(first, host);
      return;
    }
    if (file.inode !== undefined) this.#links.set(file.inode, host);
    if (file.type === "file") content(file, host);
    else if (file.type === "symlink") symlinkSync(file.link ?? "", host);
    else {
      const { major, minor } = file.rdev === undefined ? { major: 0, minor: 0 } : deviceParts(file.rdev);
      if (!makeNode(host, file.type, 0o600, major, minor)) return;
    }
    if (file.uid !== 0 || file.gid !== 0) giveOwner(host, file);
    if (file.type !== "symlink") chmodSync(host, file.mode);
    takeXattrs(host, file.attributesOf);
    setTimes(host, file.mtimeNs);
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

function content(file: DraftFile, host: string): void {
  try {
    if (file.size <= SMALL) copySmall(file, host);
    else copyFileSync(file.host, host, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  } catch (error) {
    const failure = error as NodeJS.ErrnoException;
    if (failure.code === "EACCES" || failure.code === "EPERM") throw unreadable(file.source, failure);
    if (failure.code === "ENOENT") throw fileChanged(file.host);
    throw error;
  }
}

function copySmall(file: DraftFile, host: string): void {
  const from = openSync(file.host, "r");
  let size = 0;
  try {
    for (let count = 1; count > 0 && size <= SMALL; size += count)
      count = readSync(from, buffer, size, buffer.length - size, null);
  } finally {
    closeSync(from);
  }
  if (size !== file.size) throw fileChanged(file.host);
  const to = openSync(host, "wx", 0o600);
  try {
    for (let at = 0; at < size; ) at += writeSync(to, buffer, at, size - at);
  } finally {
    closeSync(to);
  }
}

function takeXattrs(host: string, from: readonly string[]): void {
  for (const source of from) writeXattrs(host, xattrsOf(source) ?? []);
}
