import { formatBinarySize, formatByteSize } from "../../../src/core/index.ts";

export function answer({ bytes }: { bytes: number }): unknown {
  return { precision3: formatByteSize(bytes), precision4: formatByteSize(bytes, 4), binary: formatBinarySize(bytes) };
}
