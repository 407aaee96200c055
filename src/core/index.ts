export { allSettled, Limit, memo } from "./async.ts";
export { formatBinarySize, formatByteSize, parseByteSize } from "./byte-size.ts";
export { canonicalJson, type Digest, digestOf, digestOfBytes, hexOf, isDigest } from "./digest.ts";
export { formatAge, formatDuration, parseDuration } from "./duration.ts";
export { allErrors, bug, ProcessError, RegistryError, SlipwayError, type Trouble, withPlace } from "./errors.ts";
export type { OnProgress, ProgressEvent, VertexState } from "./progress.ts";
export { lineRange, type Position, type Range, type SourceText } from "./source.ts";
export { suggest } from "./suggest.ts";
