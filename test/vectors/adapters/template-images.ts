import { type ListedImage, renderImages } from "../../../src/cli/index.ts";
import { SlipwayError } from "../../../src/core/index.ts";

interface Input {
  readonly format: string;
  readonly digests?: boolean;
  readonly quiet?: boolean;
  readonly noTrunc?: boolean;
}

export function answer({ format, digests, quiet, noTrunc }: Input, document: unknown): unknown {
  const options = { format, digests: digests === true, quiet: quiet === true, noTrunc: noTrunc === true, now: 0 };
  try {
    return { output: renderImages(document as ListedImage[], options) };
  } catch (error) {
    if (error instanceof SlipwayError) return { error: error.message };
    throw error;
  }
}
