/**
 * Mount points that leave no trace in a layer.
 *
 * Where an image lacks a folder to mount on, one must be made. Made in the upper folder it
 * would become part of the layer, and its parent with it. So mount points are put in a folder
 * below all others, where overlayfs shows them. What that cannot show, since a link, a
 * deletion or another mount hides it, the helper makes; it is removed after the process.
 */
import { lstatSync, rmdirSync, statSync, unlinkSync, utimesSync } from "node:fs";
import { dirname, posix } from "node:path";
import { openView } from "../tree/index.ts";
import type { MountSpec } from "./contract.ts";
import type { Operation } from "./program.ts";

/** Fills the lowest folder of a root. */
export function stubs(folder: string, mounts: readonly MountSpec[]): Operation[] {
  const own = ["proc", "sys", "dev", "etc"].map((name): Operation => ["mkdirs", `${folder}/${name}`, 0o755]);
  return [
    ...own,
    stub(folder, "/etc/resolv.conf"),
    stub(folder, "/etc/hosts"),
    ...mounts.flatMap((mount) => stubOf(folder, mount)),
  ];
}

function stubOf(folder: string, mount: MountSpec): Operation[] {
  const target = posix.join("/", mount.target);
  if (isFolder(mount)) return [["mkdirs", `${folder}${target}`, 0o755]];
  return [["mkdirs", `${folder}${posix.dirname(target)}`, 0o755], stub(folder, target)];
}

function stub(folder: string, path: string): Operation {
  return ["file", `${folder}${path}`, 0o644, 0, 0, ""];
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
