import { parsePorts } from "../../../src/plan/index.ts";

export function answer({ ports }: { ports: string[] }): unknown {
  return parsePorts(ports);
}
