/** slipway as a library: the same engine as the command, nothing printed. */
export * from "./api/index.ts";
export type { Change, Digest, FileChange, OnProgress, Position, ProgressEvent, Range, SourceText } from "./core/index.ts";
export { ProcessError, RegistryError, SlipwayError } from "./core/index.ts";
export type { ContainerConfig, Descriptor, History, ImageConfig, Manifest, Platform } from "./oci/index.ts";
