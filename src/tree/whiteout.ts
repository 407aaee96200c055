/**
 * Deletions, as overlayfs writes them in a layer's folder and as layer tars write them.
 *
 * In a folder a deleted name is a character device 0:0, and a directory that hides all
 * below it has the attribute `overlay.opaque`. In a tar a deleted name is an empty file
 * `.wh.NAME`, and such a directory holds `.wh..wh..opq` (OCI image-spec, layer.md).
 */
import type { BigIntStats } from "node:fs";
import { whiteoutRefused } from "./errors.ts";
import { OWNER_RECORD } from "./owner.ts";
import { isMachineRoot } from "./privilege.ts";
import { getXattr, makeNode, setXattr } from "./syscalls.ts";

export const WHITEOUT_PREFIX: string = ".wh.";
export const OPAQUE_MARK: string = ".wh..wh..opq";
/** Names that aufs left in old layers. */
export const AUFS_PREFIX: string = ".wh..wh.";

/** Of others than root of the machine overlayfs keeps its marks in the user's attributes (mount option userxattr). */
const OPAQUE: string = isMachineRoot ? "trusted.overlay.opaque" : "user.overlay.opaque";

export function isWhiteout(stat: BigIntStats): boolean {
  return stat.isCharacterDevice() && (stat.rdev === 0n || stat.rdev === BigInt(SUBSTITUTE));
}

/** Where the disk is an overlay itself, which keeps 0:0 to itself, the device 0:1: no other has that number either. */
const SUBSTITUTE = 1;

export function isOpaque(folder: string): boolean {
  const mark = getXattr(folder, OPAQUE);
  return mark?.length === 1 && mark[0] === 0x79;
}

/** Marks a name as deleted. */
export function writeWhiteout(path: string): void {
  if (!makeNode(path, "char", 0, 0, 0) && !makeNode(path, "char", 0, 0, SUBSTITUTE)) throw whiteoutRefused(path);
}

/** Makes a directory hide what is below it. */
export function markOpaque(folder: string): void {
  setXattr(folder, OPAQUE, Buffer.from("y"));
}

/** Whether an extended attribute belongs to overlayfs or to this machine, not to the file. */
export function isHostXattr(name: string): boolean {
  return (
    name.startsWith("trusted.") ||
    name.startsWith("user.overlay.") ||
    name === OWNER_RECORD ||
    name === "security.selinux" ||
    name.startsWith("system.")
  );
}
