import { parseDevice } from "../../../src/dockerfile/index.ts";

export function answer({ device }: { device: string }): unknown {
  return parseDevice(device);
}
