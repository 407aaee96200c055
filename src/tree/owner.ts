/**
 * Whose a file of a layer is, also where no such user exists.
 *
 * Root gives files away. In a user namespace that works for the users that are mapped
 * into it; the others are written beside the file, in the attribute that umoci and PRoot
 * use for this (rootlesscontaine.rs: the protobuf message `Resource`). Only files and
 * folders have such attributes; links and nodes of users that do not exist become root's.
 */
import { chmodSync, lchownSync, lstatSync } from "./host-files.ts";
import { isWhole, ownIds } from "./id-map.ts";
import { getXattr, setXattr } from "./syscalls.ts";

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Never part of a layer's tar: what it says is in the header. */
export const OWNER_RECORD = "user.rootlesscontainers";

const [ownUid, ownGid]: readonly [number, number] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];

/** Whether every owner can be given as it is; then no attribute is ever asked for. */
const isComplete: boolean = ownUid === 0 && isWhole(ownIds("uid")) && isWhole(ownIds("gid"));

/** Gives a file that was just made to its owner; links are not followed. */
export function giveOwner(path: string, { uid, gid }: Owner): void {
  if (isComplete) {
    lchownSync(path, uid, gid);
    return;
  }
  if (ownUid === 0 && tryChown(path, uid, gid)) return;
  if (uid !== 0 || gid !== 0) record(path, { uid, gid });
}

/** What of a file's status says whose it is. */
interface OwnedStat {
  readonly uid: number | bigint;
  readonly gid: number | bigint;
  isFile(): boolean;
  isDirectory(): boolean;
}

/** Whose a file of a layer is. */
export function ownerOf(path: string, stat: OwnedStat): Owner {
  const [uid, gid] = [Number(stat.uid), Number(stat.gid)];
  if (isComplete) return { uid, gid };
  if (uid !== ownUid) return { uid, gid };
  const recorded = stat.isFile() || stat.isDirectory() ? getXattr(path, OWNER_RECORD) : undefined;
  if (recorded) return decodeOwner(recorded);
  return { uid: 0, gid: gid === ownGid ? 0 : gid };
}

function tryChown(path: string, uid: number, gid: number): boolean {
  try {
    lchownSync(path, uid, gid);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EINVAL" || code === "EPERM") return false;
    throw error;
  }
}

function record(path: string, owner: Owner): void {
  const stat = lstatSync(path);
  if (!stat.isFile() && !stat.isDirectory()) return;
  // Only who may write a file may give it attributes of this kind.
  const isClosed = (stat.mode & 0o200) === 0;
  if (isClosed) chmodSync(path, (stat.mode & 0o7777) | 0o200);
  setXattr(path, OWNER_RECORD, encodeOwner(owner));
  if (isClosed) chmodSync(path, stat.mode & 0o7777);
}

/** Field 1 is the user, field 2 the group, both as varints; a field that is 0 is left out. */
export function encodeOwner({ uid, gid }: Owner): Uint8Array {
  return Uint8Array.from([...(uid === 0 ? [] : [0x08, ...varint(uid)]), ...(gid === 0 ? [] : [0x10, ...varint(gid)])]);
}

export function decodeOwner(bytes: Uint8Array): Owner {
  const owner = { uid: 0, gid: 0 };
  for (let at = 0; at < bytes.length; ) {
    const field = bytes[at++];
    let value = 0;
    for (let factor = 1; at < bytes.length; factor *= 128) {
      const byte = bytes[at++] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
    }
    if (field === 0x08) owner.uid = value;
    else if (field === 0x10) owner.gid = value;
  }
  return owner;
}

function varint(number: number): number[] {
  const bytes: number[] = [];
  let rest = number;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}
