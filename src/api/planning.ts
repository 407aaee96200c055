/** What a plan and the advice about it need from the machine: options, images, ignore files. */
import { type OnProgress, SlipwayError } from "../core/index.ts";
import { parseUlimit } from "../executor/index.ts";
import type { LinterOptions } from "../lint/index.ts";
import { type Platform, parseReference } from "../oci/index.ts";
import type { BaseImages, PlanOptions } from "../plan/index.ts";
import { compilePatterns } from "../tree/index.ts";
import type { BuildOptions } from "./build-options.ts";
import type { BuildContexts } from "./contexts.ts";
import { type FoundImage, imageInStore, resolveImage } from "./resolve-image.ts";
import type { Workbench } from "./workbench.ts";

/** `platform` is the one of several that is planned; the only one if left out. Throws ULIMIT_INVALID. */
export function planOptionsOf(
  options: BuildOptions,
  bench: Workbench,
  contexts: BuildContexts,
  platform: Platform = options.platforms?.[0] ?? bench.platform,
): PlanOptions {
  const { target, addHosts, ulimits, shmSizeBytes } = options;
  for (const ulimit of ulimits ?? []) parseUlimit(ulimit);
  return {
    buildArgs: options.buildArgs ?? new Map(),
    labels: options.labels ?? new Map(),
    platform,
    amongOthers: (options.platforms?.length ?? 0) > 1,
    buildPlatform: bench.platform,
    noCache: options.noCache ?? false,
    ...(options.noCacheFrom ? { noCacheFrom: options.noCacheFrom } : {}),
    contexts: contexts.named,
    network: options.network ?? "default",
    ...(target === undefined ? {} : { target }),
    ...(addHosts ? { addHosts } : {}),
    ...(ulimits ? { ulimits } : {}),
    ...(shmSizeBytes ? { shmSizeBytes } : {}),
  };
}

export function linterOptionsOf(plan: PlanOptions, contexts: BuildContexts): LinterOptions {
  const patterns = contexts.ignore?.rules.map((rule) => rule.pattern) ?? [];
  const exceptions = patterns.some((pattern) => pattern.startsWith("!"));
  const ignored = patterns.length > 0 && !exceptions ? compilePatterns(patterns) : undefined;
  return { plan, isImageName, ignored: ignored ? (path) => ignored.ignores(path) : undefined };
}

/** Whether an image can have the name. */
export function isImageName(name: string): boolean {
  try {
    parseReference(name);
    return true;
  } catch (error) {
    if (error instanceof SlipwayError) return false;
    throw error;
  }
}

/** Images of the store and of registries; what is found is added to `found`. */
export function baseImages(
  bench: Workbench,
  pull: BuildOptions["pull"],
  progress: OnProgress,
  found: FoundImage[] = [],
  layouts: BuildContexts["layouts"] = new Map(),
): BaseImages {
  return {
    async resolve(name, platform) {
      const layout = layouts.get(name);
      if (layout) return imageInStore(bench, layout, name, platform);
      const image = await metadataOf(name, progress, () => resolveImage(bench, name, platform, pull ?? "missing"));
      found.push(image);
      return image;
    },
  };
}

/** Tells of a look-up in a registry; one in the store takes no time that is worth a line. */
async function metadataOf(name: string, progress: OnProgress, look: () => Promise<FoundImage>): Promise<FoundImage> {
  const id = `metadata ${name}`;
  const line = `[internal] load metadata for ${name}`;
  try {
    const image = await look();
    if (image.remote) progress({ type: "vertex", id, name: line, state: "done", time: Date.now() });
    return image;
  } catch (error) {
    progress({ type: "vertex", id, name: line, state: "failed", error: (error as Error).message, time: Date.now() });
    throw error;
  }
}
