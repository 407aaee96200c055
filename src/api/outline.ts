/** What a Dockerfile offers, without building it: its targets, and what one of them can be given. */
import type { SourceText } from "../core/index.ts";
import { parseDockerfile } from "../dockerfile/index.ts";
import { type Outline, outlineOf, type Target, targetsOf } from "../plan/index.ts";
import type { BuildOptions } from "./build-options.ts";
import { openContexts } from "./contexts.ts";
import { baseImages, planOptionsOf } from "./planning.ts";
import type { Workbench } from "./workbench.ts";

/** Build arguments, secrets and SSH sockets of the target. Throws what a build throws before its first step. */
export async function outlineFile(bench: Workbench, options: BuildOptions): Promise<Outline & { readonly source: SourceText }> {
  const signal = options.signal ?? new AbortController().signal;
  const contexts = await openContexts(options, bench, signal);
  try {
    const images = baseImages(bench, options.pull, options.onProgress ?? (() => {}), [], contexts.layouts);
    const plan = planOptionsOf(options, bench, contexts);
    return { ...(await outlineOf(parseDockerfile(contexts.source), plan, images)), source: contexts.source };
  } finally {
    contexts.close();
  }
}

/** All stages of the file. Throws what openContexts throws, and DOCKERFILE_*. */
export async function listTargets(
  bench: Workbench,
  options: BuildOptions,
): Promise<{ readonly targets: readonly Target[]; readonly source: SourceText }> {
  const contexts = await openContexts(options, bench, options.signal ?? new AbortController().signal);
  try {
    return { targets: targetsOf(parseDockerfile(contexts.source)), source: contexts.source };
  } finally {
    contexts.close();
  }
}
