/** Several layers as one, in overlayfs form: what lies below sees the same files and the same deletions. */
import { type BigIntStats, chmodSync, linkSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { giveOwner, ownerOf } from "./owner.ts";
import { inByteOrder, xattrsOf } from "./pack.ts";
import { setTimes, setXattr } from "./syscalls.ts";
import { openView, type View } from "./view.ts";
import { isOpaque, isWhiteout, markOpaque, writeWhiteout } from "./whiteout.ts";

export interface SquashOptions {
  /** Folders of the layers, bottom to top. */
  readonly folders: readonly string[];
  /** Folders of the layers below, bottom to top: a deletion of what is not there would be a name of its own to overlayfs. */
  readonly below: readonly string[];
  /** An empty folder on the same file system: files are linked into it, not copied. */
  readonly folder: string;
}

interface Entry {
  readonly host: string;
  readonly stat: BigIntStats;
}

/** What shows through an opaque folder. */
const NOTHING: View = openView({ kind: "layers", folders: [] });

export function squashLayers({ folders, below, folder }: SquashOptions): void {
  fill([...folders].reverse(), folder, "", openView({ kind: "layers", folders: below }));
}

/** Fills a directory from those that show through, top first. */
function fill(layers: readonly string[], target: string, path: string, below: View): void {
  const hiding = layers.findIndex((layer) => isOpaque(layer));
  const shown = hiding < 0 ? layers : layers.slice(0, hiding + 1);
  if (hiding >= 0 && below.lookup(path)) markOpaque(target);
  const names = new Set(shown.flatMap((layer) => readdirSync(layer)));
  for (const name of inByteOrder([...names])) {
    const entries = shown.flatMap((layer): Entry[] => {
      const host = `${layer}/${name}`;
      const stat = lstatSync(host, { bigint: true, throwIfNoEntry: false });
      return stat ? [{ host, stat }] : [];
    });
    const inside = path === "" ? name : `${path}/${name}`;
    place(entries, `${target}/${name}`, inside, hiding >= 0 ? NOTHING : below);
  }
}

function place(entries: readonly Entry[], target: string, path: string, below: View): void {
  const [top] = entries;
  if (!top) return;
  if (isWhiteout(top.stat)) {
    if (below.lookup(path)) writeWhiteout(target);
    return;
  }
  if (!top.stat.isDirectory()) {
    linkSync(top.host, target);
    return;
  }
  const end = entries.findIndex(({ stat }) => !stat.isDirectory());
  mkdirSync(target);
  // What was in its place in a lower layer has hidden all that is below that.
  if (end >= 0 && below.lookup(path)) markOpaque(target);
  const folders = (end < 0 ? entries : entries.slice(0, end)).map(({ host }) => host);
  fill(folders, target, path, end < 0 ? below : NOTHING);
  describe(top, target);
}

function describe({ host, stat }: Entry, target: string): void {
  giveOwner(target, ownerOf(host, stat));
  chmodSync(target, Number(stat.mode) & 0o7777);
  for (const [name, value] of xattrsOf(host) ?? []) setXattr(target, name, value);
  setTimes(target, stat.mtimeNs);
}
