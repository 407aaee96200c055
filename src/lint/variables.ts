/** Words as rules see them: undefined where they cannot be expanded, which is an error that the plan tells. */
import { SlipwayError } from "../core/index.ts";
import { expandWord, expandWords, type Scope } from "../dockerfile/index.ts";

export function textOf(raw: string, scope: Scope, escape: string): string | undefined {
  return attempt(() => expandWord(raw, scope, { escape }).text);
}

/** The word split at blanks; nothing if it cannot be expanded. */
export function wordsOf(raw: string, scope: Scope, escape: string): readonly string[] {
  return attempt(() => expandWords(raw, scope, { escape }).words) ?? [];
}

/** A word expanded, and the variables it uses. */
interface Used {
  readonly text: string;
  /** Set or not. */
  readonly names: readonly string[];
  readonly unset: ReadonlySet<string>;
}

export function variablesOf(raw: string, scope: Scope): Used | undefined {
  return attempt(() => {
    const { text, matched, unmatched } = expandWord(raw, scope);
    return { text, names: [...matched, ...unmatched], unset: unmatched };
  });
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof SlipwayError) return undefined;
    throw error;
  }
}
