import { renderInspect } from "../../../src/cli/index.ts";
import { SlipwayError } from "../../../src/core/index.ts";

export function answer({ format }: { format: string }, document: unknown): unknown {
  try {
    return { output: renderInspect([document], format) };
  } catch (error) {
    if (error instanceof SlipwayError) return { error: error.message };
    throw error;
  }
}
