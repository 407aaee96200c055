/**
 * Which users there are for this process.
 *
 * In a user namespace user 0 is whoever made it, and others exist only as far as
 * ranges were mapped (user_namespaces(7)). Without one, a process that is not root
 * has one user to give files to: its own, which counts as 0.
 */
import { readFileSync } from "node:fs";

/** A run of ids that exist: `inside` is the first as this process sees it, `outside` as its parent namespace does. */
export interface IdRange {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

const ALL = 0xffffffff;

/** The lines of /proc/self/uid_map or gid_map. */
export function parseIdMap(text: string): IdRange[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [inside = 0, outside = 0, count = 0] = line.trim().split(/\s+/).map(Number);
      return { inside, outside, count };
    });
}

/** The users, or the groups, that files can be given to. */
export function ownIds(kind: "uid" | "gid"): readonly IdRange[] {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  if (uid !== 0) return [{ inside: 0, outside: kind === "uid" ? uid : gid, count: 1 }];
  try {
    return parseIdMap(readFileSync(`/proc/self/${kind}_map`, "utf8"));
  } catch {
    // Without /proc nothing is known to be missing.
    return [{ inside: 0, outside: 0, count: ALL }];
  }
}

/** Whether an id is among them. */
export function hasId(ranges: readonly IdRange[], id: number): boolean {
  return ranges.some(({ inside, count }) => id >= inside && id < inside + count);
}

/** Whether these are all there can be. */
export function isWhole(ranges: readonly IdRange[]): boolean {
  return ranges.some(({ inside, outside, count }) => inside === 0 && outside === 0 && count === ALL);
}
