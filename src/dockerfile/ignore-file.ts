/** .dockerignore to patterns, as moby's ignorefile reader does it. */
import { posix } from "node:path";
import { trimSpace } from "./characters.ts";

/** A pattern and where it stands. */
export interface IgnoreLine {
  readonly pattern: string;
  readonly line: number;
}

/** Comments begin in the first column. Patterns are cleaned as paths; a leading slash means nothing. */
export function parseIgnoreFile(text: string): IgnoreLine[] {
  const found: IgnoreLine[] = [];
  for (const [index, raw] of text
    .replace(/^\ufeff/, "")
    .split("\n")
    .entries()) {
    if (raw.startsWith("#")) continue;
    let pattern = trimSpace(raw);
    if (pattern === "") continue;
    const negated = pattern.startsWith("!");
    if (negated) pattern = trimSpace(pattern.slice(1));
    if (pattern !== "") {
      pattern = clean(pattern);
      if (pattern.length > 1 && pattern.startsWith("/")) pattern = pattern.slice(1);
    }
    found.push({ pattern: negated ? `!${pattern}` : pattern, line: index + 1 });
  }
  return found;
}

/** Go's filepath.Clean: unlike Node's normalize it leaves no slash at the end. */
function clean(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 ? normal.replace(/\/$/, "") : normal;
}
