import { parseIgnoreFile } from "../../../src/dockerfile/index.ts";

export function answer({ text }: { text: string }): unknown {
  return { patterns: parseIgnoreFile(text).map((line) => line.pattern) };
}
