/**
 * What has changed in a folder since it was noted, as a layer.
 *
 * This is for where overlayfs cannot be mounted, which would have kept it apart from the
 * beginning. No file is read: the kernel sets a file's change time whatever is done to it.
 * A folder counts as changed if its owner, mode or time has, or something in it.
 */
import type { BigIntStats } from "node:fs";
import { chmodSync, lstatSync, mkdirSync, readdirSync, renameSync } from "./host-files.ts";
import { giveOwner, ownerOf } from "./owner.ts";
import { xattrsOf } from "./pack.ts";
import { setTimes } from "./syscalls.ts";
import { markOpaque, writeWhiteout } from "./whiteout.ts";
import { writeXattrs } from "./xattrs.ts";

/** A file as it was. */
export interface Noted {
  /** Differs if the file is another one or was changed. */
  readonly state: string;
  /** Of a folder. */
  readonly children?: ReadonlyMap<string, Noted>;
}

/** Notes a folder and all below it. Names of `without`, paths from its root, are left out. */
export function noteTree(root: string, without: ReadonlySet<string> = new Set()): Noted {
  const note = (path: string): Noted => {
    const host = `${root}${path}`;
    const stat = lstatSync(host, { bigint: true });
    if (!stat.isDirectory()) return { state: stateOf(stat) };
    const children = new Map<string, Noted>();
    for (const name of readdirSync(host)) if (!without.has(`${path}/${name}`)) children.set(name, note(`${path}/${name}`));
    return { state: stateOf(stat), children };
  };
  return note("");
}

function stateOf(stat: BigIntStats): string {
  const { ino, ctimeNs, mtimeNs, mode, uid, gid } = stat;
  return stat.isDirectory() ? `${identityOf(stat)} ${mtimeNs} ${mode} ${uid} ${gid}` : `${ino} ${ctimeNs}`;
}

/** The number alone may serve again after a folder is removed. */
function identityOf({ ino, birthtimeNs }: BigIntStats): string {
  return `${ino}:${birthtimeNs}`;
}

/** Moves what has changed since `before` from `root` into the empty folder of a layer on the same disk, deletions as overlayfs has them. */
export function moveChanges(root: string, before: Noted, layer: string): void {
  const mover = new Mover(root, layer);
  mover.folder("", before);
  mover.finish();
}

class Mover {
  readonly #root: string;
  readonly #layer: string;
  /** Folders of the layer and what they are to look like in the end. */
  readonly #folders = new Map<string, BigIntStats>();

  constructor(root: string, layer: string) {
    this.#root = root;
    this.#layer = layer;
  }

  folder(path: string, before: Noted): void {
    const host = `${this.#root}${path}`;
    // Before anything is moved out of it.
    const stat = lstatSync(host, { bigint: true });
    const names = readdirSync(host);
    const changed: string[] = [];
    const inner: [string, Noted][] = [];
    for (const name of names) {
      const known = before.children?.get(name);
      const found = lstatSync(`${host}/${name}`, { bigint: true });
      const isSameFolder =
        found.isDirectory() && known?.children !== undefined && known.state.startsWith(`${identityOf(found)} `);
      if (isSameFolder && known) inner.push([name, known]);
      else if (known?.state !== stateOf(found)) changed.push(name);
    }
    const present = new Set(names);
    const deleted = [...(before.children?.keys() ?? [])].filter((name) => !present.has(name));
    if (before.state !== stateOf(stat) || changed.length > 0 || deleted.length > 0) this.#make(path, stat);
    for (const [name, known] of inner) this.#inner(path, stat, name, known);
    for (const name of changed) {
      renameSync(`${host}/${name}`, `${this.#layer}${path}/${name}`);
      if (before.children?.get(name)?.children) this.#hide(`${this.#layer}${path}/${name}`);
    }
    for (const name of deleted) writeWhiteout(`${this.#layer}${path}/${name}`);
  }

  finish(): void {
    for (const [path, stat] of [...this.#folders].reverse()) {
      const [from, to] = [`${this.#root}${path}`, `${this.#layer}${path}`];
      giveOwner(to, ownerOf(from, stat));
      chmodSync(to, Number(stat.mode) & 0o7777);
      writeXattrs(to, xattrsOf(from) ?? []);
      setTimes(to, stat.mtimeNs);
    }
  }

  /** A folder in which something has changed appears in the layer with those above it. */
  #inner(path: string, stat: BigIntStats, name: string, known: Noted): void {
    const count = this.#folders.size;
    this.folder(`${path}/${name}`, known);
    if (this.#folders.size > count) this.#above(path, stat);
  }

  #above(path: string, stat: BigIntStats): void {
    if (!this.#folders.has(path)) this.#make(path, stat);
  }

  #make(path: string, stat: BigIntStats): void {
    if (this.#folders.has(path)) return;
    if (path !== "") mkdirSync(`${this.#layer}${path}`, { recursive: true });
    this.#folders.set(path, stat);
  }

  /** A new folder in the place of an old one does not show what that had. */
  #hide(path: string): void {
    if (lstatSync(path).isDirectory()) markOpaque(path);
  }
}
