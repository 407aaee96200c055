/** `build --check`: all advice about a file, without building anything. */
import { SlipwayError, type SourceText } from "../core/index.ts";
import { type Dockerfile, parseDockerfile } from "../dockerfile/index.ts";
import { type BaseImages, planStages } from "../plan/index.ts";
import { Linter, type LinterOptions } from "./linter.ts";
import type { Warning } from "./rule.ts";
import { RULES } from "./rules.ts";

export interface CheckResult {
  /** By place, rule and message. */
  readonly warnings: readonly Warning[];
  /** The same in the order in which BuildKit finds it, which programs that read buildx's JSON see. */
  readonly found: readonly Warning[];
  /** What would stop a build: the file is wrong, or has advice where it says that there must be none. */
  readonly error?: SlipwayError;
}

/** Looks at every stage; with a target at that one and what it needs. Rejects only for what is no fault of the file. */
export async function check(source: SourceText, options: LinterOptions, images: BaseImages): Promise<CheckResult> {
  let linter: Linter | undefined;
  try {
    const file = parseDockerfile(source);
    linter = new Linter(file, options);
    await planStages(file, { ...options.plan, watcher: linter }, images);
    const error = linter.violation();
    return { warnings: linter.warnings(), found: linter.found(), ...(error ? { error } : {}) };
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    const told = linter ?? linterAbove(source, options, error);
    return { warnings: told?.warnings() ?? [], found: told?.found() ?? [], error };
  }
}

/** Has looked at the lines above an unreadable one. */
function linterAbove(source: SourceText, options: LinterOptions, error: SlipwayError): Linter | undefined {
  const line = error.range?.start.line ?? 1;
  const text = source.text
    .split("\n")
    .slice(0, line - 1)
    .join("\n");
  const file = readable({ ...source, text });
  const rules = (options.rules ?? RULES).map(({ whole: _, ...rule }) => rule);
  return file && new Linter(file, { ...options, rules });
}

function readable(source: SourceText): Dockerfile | undefined {
  try {
    return parseDockerfile(source);
  } catch (error) {
    if (error instanceof SlipwayError) return undefined;
    throw error;
  }
}
