import { formatAge, parseDuration } from "../../../src/core/index.ts";

export function answer({ duration }: { duration: string }): unknown {
  return { human: formatAge(Number(parseDuration(duration)) / 1e9) };
}
