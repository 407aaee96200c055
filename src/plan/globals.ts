/** ARGs before the first FROM. */
import { SlipwayError, withPlace } from "../core/index.ts";
import { type Arg, type Dockerfile, expandWord, type Word } from "../dockerfile/index.ts";
import type { PlanOptions } from "./options.ts";
import { predefinedArgs } from "./predefined-args.ts";

/** What FROM lines see, and stages that repeat the name: predefined arguments, then the ARGs before the first FROM. */
export function globalsOf(dockerfile: Dockerfile, options: PlanOptions): ReadonlyMap<string, string> {
  const values = new Map(predefinedArgs(options));
  for (const name of values.keys()) values.set(name, options.buildArgs.get(name) ?? (values.get(name) as string));
  const scope = { get: (name: string) => values.get(name) };
  for (const arg of dockerfile.globals) for (const one of arg.args) setGlobal(one, arg);
  return values;

  function setGlobal({ key, value }: Arg["args"][number], arg: Arg): void {
    const given = options.buildArgs.get(key);
    if (given !== undefined) values.set(key, given);
    else if (value)
      values.set(
        key,
        placed(() => expandWord(value.raw, scope, { escape: dockerfile.escape }).text, dockerfile.source, {
          raw: value.raw,
          range: arg.range,
        }),
      );
  }
}

/** Does work on a word, with the word's place in what goes wrong. */
export function placed<T>(work: () => T, source: Dockerfile["source"], word: Word): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SlipwayError) throw withPlace(error, source, word.range);
    throw error;
  }
}
