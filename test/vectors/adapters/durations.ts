import { formatDuration, parseDuration } from "../../../src/core/index.ts";

export function answer({ duration }: { duration: string }): unknown {
  const value = parseDuration(duration);
  return typeof value === "object" ? value : { ns: value.toString(), string: formatDuration(value) };
}
