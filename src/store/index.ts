export { Blobs } from "./blobs.ts";
export { blobMissing, imageNotFound } from "./errors.ts";
export { Images, type StoredImage } from "./images.ts";
export { type Draft, type LayerDiff, type LayerId, Layers } from "./layers.ts";
export type { Lock } from "./lock.ts";
export type { StorePaths } from "./paths.ts";
export { Records } from "./records.ts";
export { openStore, type Store } from "./store.ts";
export { spaceError, temporaryName } from "./write.ts";
