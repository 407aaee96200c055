export type { ContainerConfig, Healthcheck, History, ImageConfig } from "./config.ts";
export type { ContentSource, ContentTarget } from "./content.ts";
export type { Descriptor } from "./descriptor.ts";
export type { Index, Manifest } from "./manifest.ts";
export { type Compression, compressionOf, isIndexType, isManifestType, MEDIA, toDocker, toOci } from "./media-types.ts";
export { formatPlatform, matchPlatforms, normalizePlatform, type Platform, parsePlatform } from "./platform.ts";
export {
  canonicalName,
  familiarName,
  familiarRepository,
  parseReference,
  type Reference,
  repositoryName,
  withDefaultTag,
} from "./reference.ts";
