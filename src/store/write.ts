/** Writing so that a reader, or a crash, never sees half a file: a temporary file and a rename. */
import { randomBytes } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { storeFull } from "./errors.ts";

interface Place {
  readonly root: string;
  readonly temporary: string;
}

/** A new name in the store's folder for unfinished things. */
export function temporaryName(place: Place): string {
  return join(place.temporary, randomBytes(9).toString("base64url"));
}

/** Puts `data` in `file` at once, making the folder where it is missing. Throws STORE_FULL. */
export function writeFileAtomic(place: Place, file: string, data: string | Uint8Array): void {
  const temporary = temporaryName(place);
  try {
    writeFileSync(temporary, data);
    moveInto(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw spaceError(place, error);
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

/** The error to throw for one that writing gave: STORE_FULL where the disk is full or a quota is used up. */
export function spaceError(place: Place, error: unknown): unknown {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return code === "ENOSPC" || code === "EDQUOT" ? storeFull(place.root, error) : error;
}
