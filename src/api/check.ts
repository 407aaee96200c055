/** `build --check`: advice about a Dockerfile, without building it. */
import type { SourceText } from "../core/index.ts";
import { type CheckResult, check } from "../lint/index.ts";
import type { BuildOptions } from "./build-options.ts";
import { openContexts } from "./contexts.ts";
import { baseImages, linterOptionsOf, planOptionsOf } from "./planning.ts";
import type { Workbench } from "./workbench.ts";

/** Advice, and where it belongs. */
export interface CheckedFile extends CheckResult {
  readonly source: SourceText;
}

/** Looks at every stage, or at the target and what it needs. Throws what openContexts throws. */
export async function checkFile(bench: Workbench, options: BuildOptions): Promise<CheckedFile> {
  const signal = options.signal ?? new AbortController().signal;
  const contexts = await openContexts(options, bench, signal);
  try {
    const plan = planOptionsOf(options, bench, contexts);
    const images = baseImages(bench, options.pull, options.onProgress ?? (() => {}), [], contexts.layouts);
    const result = await check(contexts.source, linterOptionsOf(plan, contexts), images);
    return { ...result, source: contexts.source };
  } finally {
    contexts.close();
  }
}
