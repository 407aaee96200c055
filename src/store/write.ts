/** Writing so that a reader, or a crash, never sees half a file: a temporary file and a rename. */
import { randomBytes } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { storeFull, storeNotWritable } from "./errors.ts";

interface Place {
  readonly root: string;
  readonly temporary: string;
}

/** A new name in the store's folder for unfinished things. */
export function temporaryName(place: Place): string {
  return join(place.temporary, randomBytes(9).toString("base64url"));
}

/** Puts `data` in `file` at once, making the folder where it is missing. Throws STORE_FULL, STORE_NOT_WRITABLE. */
export function writeFileAtomic(place: Place, file: string, data: string | Uint8Array): void {
  const temporary = temporaryName(place);
  try {
    writeFileSync(temporary, data);
    moveInto(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw writeError(place, error);
  }
}

/** Renames, making the folder of `to` where it is missing. */
export function moveInto(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    mkdirSync(dirname(to), { recursive: true, mode: 0o711 });
    renameSync(from, to);
  }
}

/**
 * The error to throw for one that writing gave: STORE_FULL where the disk is full or a quota
 * is used up, STORE_NOT_WRITABLE where nothing can be written at all.
 */
export function writeError(place: Place, error: unknown): unknown {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") return storeFull(place.root, error);
  return code === "EROFS" ? storeNotWritable(place.root, error as NodeJS.ErrnoException) : error;
}
