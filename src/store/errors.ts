/** All that can be wrong with the store. */
import { SlipwayError } from "../core/index.ts";

/** The folder holds a store that a newer slipway wrote. */
export function storeTooNew(root: string, version: number, known: number): SlipwayError {
  return new SlipwayError(`the store in ${root} has version ${version}, this slipway reads up to version ${known}`, {
    code: "STORE_TOO_NEW",
    hint: "use a newer slipway, or another folder with --root",
  });
}

/** The store was made by who counts user ids otherwise: another user, or the same one outside of its user namespace. */
export function storeOfOthers(root: string): SlipwayError {
  return new SlipwayError(`the store in ${root} counts user ids otherwise than this process: its files would have other owners`, {
    code: "STORE_OF_OTHERS",
    hint: "use it as the user who made it, programs of your own with: slipway unshare PROGRAM; or name another folder with --root",
  });
}

/** The folder holds something that is no store. */
export function notAStore(root: string, what: string): SlipwayError {
  return new SlipwayError(`${root} is not a slipway store: ${what}`, {
    code: "STORE_INVALID",
    hint: "name an empty or a new folder with --root",
  });
}

/** The store's folder cannot be made or written. */
export function storeNotWritable(root: string, cause: NodeJS.ErrnoException): SlipwayError {
  return new SlipwayError(`the store ${root} cannot be written: ${reasonOf(cause)}`, {
    code: "STORE_NOT_WRITABLE",
    hint: "name a folder of your own with --root or SLIPWAY_ROOT",
    cause,
  });
}

/** The disk that the store lies on has no room left. */
export function storeFull(root: string, cause: unknown): SlipwayError {
  return new SlipwayError(`no space left on the disk of the store ${root}`, {
    code: "STORE_FULL",
    hint: "free some with: slipway builder prune, slipway rmi; or use another disk with --root",
    cause,
  });
}

/** Bytes are not those that were promised. */
export function wrongDigest(what: string, expected: string, actual: string): SlipwayError {
  return new SlipwayError(`${what} has digest ${actual}, not ${expected}`, {
    code: "DIGEST_MISMATCH",
    hint: "the transfer or the source is damaged; nothing was kept",
  });
}

/** More or fewer bytes than were promised. */
export function wrongSize(what: string, expected: number, actual: number): SlipwayError {
  return new SlipwayError(`${what} has ${actual} bytes, not ${expected}`, {
    code: "SIZE_MISMATCH",
    hint: "the transfer or the source is damaged; nothing was kept",
  });
}

/** A blob that something refers to is not there. */
export function blobMissing(digest: string): SlipwayError {
  return new SlipwayError(`the store has no blob ${digest}`, { code: "BLOB_MISSING", hint: "pull or build the image again" });
}

/** Nothing of this name or ID is in the store. The words are Docker's: scripts look for them. */
export function imageNotFound(name: string): SlipwayError {
  const tagged = /[:@]/.test(name.split("/").at(-1) ?? "") || /^[0-9a-f]{12,64}$/.test(name) ? name : `${name}:latest`;
  return new SlipwayError(`No such image: ${tagged}`, { code: "IMAGE_NOT_FOUND", hint: "slipway images lists what is there" });
}

/** A short ID begins more than one image's. */
export function imageAmbiguous(prefix: string): SlipwayError {
  return new SlipwayError(`the ID ${prefix} begins more than one image's`, {
    code: "IMAGE_AMBIGUOUS",
    hint: "give more of its digits",
  });
}

/** Something in the store is not what it must be. */
export function storeDamaged(file: string, cause: unknown): SlipwayError {
  return new SlipwayError(`the store's file ${file} cannot be read: ${reasonOf(cause)}`, {
    code: "STORE_DAMAGED",
    hint: "remove the images it belongs to and pull or build them again, or name another folder with --root",
    cause,
  });
}

function reasonOf(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  if (code === "EROFS") return "the file system is read-only";
  if (code === "ENOTDIR" || code === "EISDIR") return "a file is in the way";
  if (cause instanceof SyntaxError) return "it is no JSON";
  return cause instanceof Error ? cause.message : String(cause);
}

/** Another container has the name. The words are Docker's. */
export function containerNameTaken(name: string, id: string): SlipwayError {
  return new SlipwayError(
    `Conflict. The container name "/${name}" is already in use by container "${id}". You have to remove (or rename) that container to be able to reuse that name.`,
    { code: "CONTAINER_NAME_TAKEN", hint: `slipway rm ${name} removes it` },
  );
}

/** No container of this name or ID. The words are Docker's. */
export function containerNotFound(name: string): SlipwayError {
  return new SlipwayError(`No such container: ${name}`, {
    code: "CONTAINER_NOT_FOUND",
    hint: "slipway ps -a lists what is there",
  });
}

/** A short ID begins more than one container's. */
export function containerAmbiguous(prefix: string): SlipwayError {
  return new SlipwayError(`the ID ${prefix} begins more than one container's`, {
    code: "CONTAINER_AMBIGUOUS",
    hint: "give more of its digits",
  });
}

/** No build of this number is remembered. */
export function buildNotFound(number: number): SlipwayError {
  return new SlipwayError(number === 0 ? "there is no build yet" : `there is no build ${number}`, {
    code: "BUILD_NOT_FOUND",
    hint: "slipway builds lists those that are remembered",
  });
}
