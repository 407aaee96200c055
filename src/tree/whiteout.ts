/**
 * Deletions, as overlayfs writes them in a layer's folder and as layer tars write them.
 *
 * In a folder a deleted name is a character device 0:0, and a directory that hides all
 * below it has the attribute `overlay.opaque`. In a tar a deleted name is an empty file
 * `.wh.NAME`, and such a directory holds `.wh..wh..opq` (OCI image-spec, layer.md).
 */
import type { BigIntStats } from "node:fs";
import { getXattr, makeNode, setXattr } from "./syscalls.ts";

export const WHITEOUT_PREFIX: string = ".wh.";
export const OPAQUE_MARK: string = ".wh..wh..opq";
/** Names that aufs left in old layers. */
export const AUFS_PREFIX: string = ".wh..wh.";

/** Without privilege overlayfs keeps its marks in the user's attributes. */
const OPAQUE: string = process.getuid?.() === 0 ? "trusted.overlay.opaque" : "user.overlay.opaque";

export function isWhiteout(stat: BigIntStats): boolean {
  return stat.isCharacterDevice() && stat.rdev === 0n;
}

export function isOpaque(folder: string): boolean {
  const mark = getXattr(folder, OPAQUE);
  return mark?.length === 1 && mark[0] === 0x79;
}

/** Marks a name as deleted. */
export function writeWhiteout(path: string): void {
  makeNode(path, "char", 0, 0, 0);
}

/** Makes a directory hide what is below it. */
export function markOpaque(folder: string): void {
  setXattr(folder, OPAQUE, Buffer.from("y"));
}

/** Whether an extended attribute belongs to overlayfs or to this machine, not to the file. */
export function isHostXattr(name: string): boolean {
  return (
    name.startsWith("trusted.") || name.startsWith("user.overlay.") || name === "security.selinux" || name.startsWith("system.")
  );
}
