/**
 * What the executor may do here: everything as root of the machine, or what a user
 * namespace allows, where root is whoever made it and other users exist by ranges.
 */
import { readFileSync } from "node:fs";
import { NAMESPACE_VARIABLE } from "../core/index.ts";
import { hasId, type IdRange, isMachineRoot, mayAdminister, ownIds } from "../tree/index.ts";
import { hasCapability, parseCapabilityMask } from "./capabilities.ts";
import { namespaceMissing } from "./errors.ts";
import type { Identity } from "./users.ts";

export interface Powers {
  /** Whether anything can be mounted; if not, the root can at least be changed. */
  readonly mounts: boolean;
  /** In a user namespace: no device nodes, other attributes for overlayfs, /sys only as it is. */
  readonly confined: boolean;
  readonly uids: readonly IdRange[];
  readonly gids: readonly IdRange[];
  /** The capabilities that can be given on. */
  readonly capabilities: bigint;
}

/** Throws USER_NAMESPACE_MISSING where not even the root can be changed. */
export function ownPowers(): Powers {
  const status = readFileSync("/proc/self/status", "utf8");
  const mounts = process.getuid?.() === 0 && mayAdminister();
  const mayChangeRoot = process.getuid?.() === 0 && hasCapability(parseCapabilityMask(status, "CapEff"), "SYS_CHROOT");
  if (!mounts && !mayChangeRoot) throw namespaceMissing(process.env[NAMESPACE_VARIABLE]);
  const capabilities = parseCapabilityMask(status, "CapBnd");
  return { mounts, confined: mounts && !isMachineRoot, uids: ownIds("uid"), gids: ownIds("gid"), capabilities };
}

/** Whether there is but one user or group, so that nothing can be given to another. */
export function isAlone({ confined, uids, gids }: Powers): boolean {
  return confined && [uids, gids].some((ranges) => ranges.reduce((sum, { count }) => sum + count, 0) === 1);
}

/** Whether a process can become this user as the namespace is. */
export function hasUser({ confined, uids, gids }: Powers, { uid, gid }: Identity): boolean {
  return !confined || (hasId(uids, uid) && hasId(gids, gid));
}

/** Whether the number is that of the user who made the namespace. */
export function isCaller({ confined, uids }: Powers, uid: number): boolean {
  return confined && uid !== 0 && uids.some(({ inside, outside }) => inside === 0 && outside === uid);
}
