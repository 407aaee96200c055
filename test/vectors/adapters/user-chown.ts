import { SlipwayError } from "../../../src/core/index.ts";
import { resolveOwner } from "../../../src/executor/index.ts";

export function answer({ chown, passwd, group }: { chown: string; passwd?: string; group?: string }): unknown {
  try {
    return resolveOwner(chown, passwd, group);
  } catch (error) {
    if (error instanceof SlipwayError) return { error: error.message };
    throw error;
  }
}
