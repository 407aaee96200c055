import { SlipwayError } from "../../../src/core/index.ts";
import { resolveUser } from "../../../src/executor/index.ts";

export function answer({ user, passwd, group }: { user: string; passwd?: string; group?: string }): unknown {
  try {
    return resolveUser(user, passwd, group);
  } catch (error) {
    if (error instanceof SlipwayError) return { error: error.message };
    throw error;
  }
}
