/**
 * What the executor may do here: everything as root of the machine, or what a user
 * namespace allows, where root is whoever made it and other users exist by ranges.
 */
import { readFileSync } from "node:fs";
import { NAMESPACE_VARIABLE } from "../core/index.ts";
import { hasId, type IdRange, isMachineRoot, mayAdminister, ownIds } from "../tree/index.ts";
import { parseCapabilityMask } from "./capabilities.ts";
import { namespaceMissing } from "./errors.ts";
import type { Identity } from "./users.ts";

export interface Powers {
  /** In a user namespace: no device nodes, other attributes for overlayfs, /sys only as it is. */
  readonly confined: boolean;
  readonly uids: readonly IdRange[];
  readonly gids: readonly IdRange[];
  /** The capabilities that can be given on. */
  readonly capabilities: bigint;
}

/** Throws USER_NAMESPACE_MISSING where nothing can be mounted. */
export function ownPowers(): Powers {
  if (process.getuid?.() !== 0 || !mayAdminister()) throw namespaceMissing(process.env[NAMESPACE_VARIABLE]);
  const capabilities = parseCapabilityMask(readFileSync("/proc/self/status", "utf8"), "CapBnd");
  return { confined: !isMachineRoot, uids: ownIds("uid"), gids: ownIds("gid"), capabilities };
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
