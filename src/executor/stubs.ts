/**
 * Mount points that leave no trace in a layer.
 *
 * Where an image lacks a folder to mount on, one must be made. Made in the upper folder it
 * would become part of the layer, and its parent with it. So mount points are put in a folder
 * below all others, where overlayfs shows them. What that cannot show, since a link, a
 * deletion or another mount hides it, the helper makes; it is removed after the process.
 */
import { lstatSync, mkdirSync, rmdirSync, statSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { openView } from "../tree/index.ts";
import type { MountSpec } from "./contract.ts";

/** Fills the lowest folder of a root and returns it. */
export function makeStubs(folder: string, mounts: readonly MountSpec[]): string {
  for (const name of ["proc", "sys", "dev", "etc"]) mkdirSync(join(folder, name), { recursive: true });
  for (const name of ["etc/resolv.conf", "etc/hosts"]) writeFileSync(join(folder, name), "");
  for (const mount of mounts) makeStub(join(folder, mount.target), isFolder(mount));
  return folder;
}

function makeStub(path: string, folder: boolean): void {
  try {
    mkdirSync(folder ? path : dirname(path), { recursive: true });
    if (!folder) writeFileSync(path, "", { flag: "a" });
  } catch {
    // A mount below a file that is mounted itself: the helper says what is wrong with it.
  }
}

function isFolder(mount: MountSpec): boolean {
  if (mount.type === "tmpfs") return true;
  if (mount.type === "file") return false;
  if (mount.type === "bind") return statSync(mount.source, { throwIfNoEntry: false })?.isDirectory() ?? true;
  if (mount.subpath === "/") return true;
  const view = openView({ kind: "layers", folders: mount.folders });
  return view.lookup(view.resolve(mount.subpath))?.stat.isDirectory() ?? true;
}

/** Removes mount points that were made, where they are still empty; times of their folders stay. */
export function removeMade(upper: string, paths: readonly string[]): void {
  for (const path of [...paths].reverse()) {
    const made = `${upper}${path}`;
    const stat = lstatSync(made, { throwIfNoEntry: false });
    if (!stat) continue;
    const parent = statSync(dirname(made));
    try {
      if (stat.isDirectory()) rmdirSync(made);
      else if (stat.size === 0) unlinkSync(made);
      else continue;
    } catch {
      // Not empty: the process has used it, so it is part of the layer.
      continue;
    }
    utimesSync(dirname(made), parent.atimeMs / 1000, parent.mtimeMs / 1000);
  }
}
