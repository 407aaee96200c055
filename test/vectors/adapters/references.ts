import { SlipwayError } from "../../../src/core/index.ts";
import { canonicalName, familiarName, familiarRepository, parseReference, repositoryName, withDefaultTag } from "../../../src/oci/index.ts";

export function answer({ ref }: { ref: string }): unknown {
  try {
    const reference = parseReference(ref);
    return {
      ...reference,
      name: repositoryName(reference),
      string: canonicalName(reference),
      familiar: familiarName(reference),
      familiarName: familiarRepository(reference),
      withDefaultTag: canonicalName(withDefaultTag(reference)),
    };
  } catch (error) {
    if (error instanceof SlipwayError) return { error: error.message };
    throw error;
  }
}
