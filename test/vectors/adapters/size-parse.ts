import { parseByteSize } from "../../../src/core/index.ts";

export function answer({ size }: { size: string }): unknown {
  const binary = parseByteSize(size, "binary");
  const decimal = parseByteSize(size, "decimal");
  return {
    ...(typeof binary === "number" ? { binary } : { binaryError: binary.error }),
    ...(typeof decimal === "number" ? { decimal } : { decimalError: decimal.error }),
  };
}
