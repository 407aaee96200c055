/**
 * One maker at a time, across processes.
 *
 * A lock is an flock(2) on a file of the store: the kernel lets go of it when its
 * holder dies, so no lock is ever stale. Waiting is polling, since a blocking flock
 * would hold up the event loop. Readers take no lock.
 */
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tryFlock } from "../tree/index.ts";
import { storeNotWritable } from "./errors.ts";
import type { StorePaths } from "./paths.ts";

/** A lock that is held; dispose of it to let go. */
export interface Lock {
  [Symbol.dispose](): void;
}

/** Alone, or together with other sharers. */
export type LockKind = "exclusive" | "shared";

const LONGEST_WAIT_MS = 50;

/** Waits for the lock `name`, alone (`exclusive`) or together with other sharers. Rejects when `signal` aborts. Throws STORE_NOT_WRITABLE. */
export async function acquireLock(paths: StorePaths, name: string, kind: LockKind, signal?: AbortSignal): Promise<Lock> {
  const file = openLock(paths, name);
  try {
    for (let wait = 1; !tryFlock(file, kind); wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      await sleep(wait, undefined, signal ? { signal } : {});
    }
  } catch (error) {
    closeSync(file);
    throw error;
  }
  return held(file);
}

/** The lock `name`, alone, if nobody holds it. */
export function tryLock(paths: StorePaths, name: string): Lock | undefined {
  const file = openLock(paths, name);
  if (tryFlock(file, "exclusive")) return held(file);
  closeSync(file);
  return undefined;
}

function openLock(paths: StorePaths, name: string): number {
  try {
    return openSync(join(paths.locks, name), "a", 0o600);
  } catch (error) {
    throw storeNotWritable(paths.root, error as NodeJS.ErrnoException);
  }
}

function held(file: number): Lock {
  let open = true;
  return {
    [Symbol.dispose]() {
      if (open) closeSync(file);
      open = false;
    },
  };
}
