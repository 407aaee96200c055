import { SlipwayError } from "../../../src/core/index.ts";
import { parseMode } from "../../../src/tree/index.ts";

export function answer({ chmod, start, dir }: { chmod: string; start: string; dir: boolean }): unknown {
  try {
    const mode = parseMode(chmod).change(Number.parseInt(start, 8), dir);
    return { mode: mode.toString(8).padStart(4, "0") };
  } catch (error) {
    if (error instanceof SlipwayError) return { error: error.message };
    throw error;
  }
}
