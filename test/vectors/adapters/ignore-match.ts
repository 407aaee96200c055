import { SlipwayError } from "../../../src/core/index.ts";
import { compilePatterns } from "../../../src/tree/index.ts";

export function answer({ patterns, paths }: { patterns: string[]; paths: string[] }): unknown {
  try {
    const compiled = compilePatterns(patterns);
    return { ignored: Object.fromEntries([...paths].sort().map((path) => [path, compiled.ignores(path)])) };
  } catch (error) {
    if (error instanceof SlipwayError) return { error: error.message };
    throw error;
  }
}
