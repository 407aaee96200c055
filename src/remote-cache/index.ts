export { type ExportOptions, exportCache } from "./export.ts";
export { CACHE_FIELD, type CacheBody } from "./format.ts";
export { type GatherOptions, gather, type Solved } from "./gather.ts";
export { TravelCache } from "./import.ts";
export { type CachePlace, type OpenPlace, openPlace } from "./place.ts";
