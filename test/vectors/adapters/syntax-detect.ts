import { detectSyntax } from "../../../src/dockerfile/index.ts";

export function answer({ text }: { text: string }): unknown {
  const found = detectSyntax(text);
  return found ? { found: true, ...found } : { found: false };
}
