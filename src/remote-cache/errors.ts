/** All that can be wrong with a cache that travels. */
import { SlipwayError } from "../core/index.ts";

/** There is no cache in the folder yet. */
export function layoutMissing(folder: string, tag: string | undefined, cause?: unknown): SlipwayError {
  const what = tag === undefined ? "no index.json" : `nothing named ${tag}`;
  return new SlipwayError(`the folder ${folder} has ${what}`, {
    code: "CACHE_MISSING",
    hint: "write one with --cache-to type=local,dest=FOLDER",
    cause,
  });
}

/** The folder's index is damaged. */
export function layoutUnreadable(folder: string, cause: unknown): SlipwayError {
  return new SlipwayError(`the index.json of ${folder} cannot be read: ${(cause as Error).message}`, {
    code: "CACHE_DAMAGED",
    hint: "remove the folder: the next build writes a new one",
    cause,
  });
}

/** The folder cannot be written to. */
export function layoutUnwritable(folder: string, cause: unknown): SlipwayError {
  return new SlipwayError(`the cache cannot be written to ${folder}: ${(cause as Error).message}`, {
    code: "CACHE_NOT_WRITABLE",
    cause,
  });
}

/** The name is taken by an image, which a cache must not replace. */
export function placeIsImage(place: string): SlipwayError {
  return new SlipwayError(`${place} is an image and no cache`, {
    code: "CACHE_PLACE_TAKEN",
    hint: "give the cache a tag of its own, or let it go along in the image with --cache-to type=inline",
  });
}

/** Others kept writing to the place at the same time. */
export function placeBusy(place: string): SlipwayError {
  return new SlipwayError(`the cache could not be written to ${place}: others write to it at the same time`, {
    code: "CACHE_PLACE_BUSY",
    hint: "give each job a tag of its own; --cache-from reads several",
  });
}

/** The manifest has no cache in it that this version reads. */
export function noCacheInside(place: string): SlipwayError {
  return new SlipwayError(`${place} has no cache that slipway reads`, {
    code: "CACHE_FOREIGN",
    hint: "it was written by another program, by a newer slipway, or is an image without --cache-to type=inline",
  });
}

/** A manifest or config of a cache is not what its digest says, or no JSON. */
export function documentDamaged(place: string, digest: string, cause?: unknown): SlipwayError {
  return new SlipwayError(`${place} is damaged: ${digest} is not what it must be`, { code: "CACHE_DAMAGED", cause });
}
