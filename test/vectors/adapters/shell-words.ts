import { expandWord, expandWords, type WordOptions } from "../../../src/dockerfile/index.ts";
import { SlipwayError } from "../../../src/core/index.ts";

interface Input extends WordOptions {
  readonly word: string;
  readonly env: readonly string[];
}

export function answer(input: Input): unknown {
  const env = new Map(input.env.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
  const scope = { get: (name: string) => env.get(name) };
  try {
    const { text, matched, unmatched } = expandWord(input.word, scope, input);
    const { words } = expandWords(input.word, scope, input);
    return {
      word: text,
      words,
      ...(matched.size > 0 ? { matched: [...matched].sort() } : {}),
      ...(unmatched.size > 0 ? { unmatched: [...unmatched].sort() } : {}),
    };
  } catch (error) {
    if (error instanceof SlipwayError) return { error: error.message };
    throw error;
  }
}
