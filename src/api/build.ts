/** Builds the image that a Dockerfile describes: from text to image, top to bottom. */
import type { Digest, OnProgress, SourceText } from "../core/index.ts";
import { parseDockerfile } from "../dockerfile/index.ts";
import type { StepVertex, Vertex } from "../graph/index.ts";
import { assembleImage, layerBlob } from "../image/index.ts";
import { check, type Warning } from "../lint/index.ts";
import { type Descriptor, familiarName, type ImageConfig, parseReference, type Platform, withDefaultTag } from "../oci/index.ts";
import { makePlan, type Plan } from "../plan/index.ts";
import { type Loans, LocalWorker, type Snapshot, Solver, storeCache } from "../solve/index.ts";
import type { Lock } from "../store/index.ts";
import { type BuildContexts, type ContextInput, openContexts } from "./contexts.ts";
import { findEverything } from "./explain-missing.ts";
import { httpGet } from "./http-get.ts";
import { type Output, writeOutput } from "./outputs.ts";
import { type PullPolicy, resolveImage } from "./resolve-image.ts";
import type { Workbench } from "./workbench.ts";

/** What is to be built. All but the context has the default that `docker build` has. */
export interface BuildOptions extends ContextInput {
  /** Names for the image; without a tag `latest`. */
  readonly tags?: readonly string[];
  readonly buildArgs?: ReadonlyMap<string, string>;
  readonly labels?: ReadonlyMap<string, string>;
  /** Name or number of a stage; the last one if left out. */
  readonly target?: string;
  /** The machine's own if left out. */
  readonly platform?: Platform;
  /** True: nothing is taken from the cache; names: nothing of these stages. */
  readonly noCache?: boolean | readonly string[];
  readonly pull?: PullPolicy;
  readonly network?: "default" | "none" | "host";
  /** `name:address`. */
  readonly addHosts?: readonly string[];
  readonly shmSizeBytes?: number;
  /** `type=soft[:hard]`. */
  readonly ulimits?: readonly string[];
  readonly loans?: Loans;
  /** Where the result goes; into the store if left out. */
  readonly outputs?: readonly Output[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** What came of a build. */
export interface BuildResult {
  /** Digest of the config, which Docker calls the image's ID. */
  readonly imageId: Digest;
  readonly descriptor: Descriptor;
  /** Canonical names the image was given. */
  readonly names: readonly string[];
  readonly warnings: readonly Warning[];
  /** The Dockerfile, which warnings point into. */
  readonly source: SourceText;
}

/**
 * Builds an image. Throws a SlipwayError for what the user can mend: DOCKERFILE_*,
 * PLAN_*, COPY_*, RUN_FAILED and those of registries; rejects with the reason of
 * `signal` when it aborts. Whatever happens, no process and no mount is left behind.
 */
export async function build(options: BuildOptions, bench: Workbench): Promise<BuildResult> {
  const progress = options.onProgress ?? (() => {});
  const signal = options.signal ?? new AbortController().signal;
  const names = (options.tags ?? []).map((tag) => withDefaultTag(parseReference(tag)));
  const contexts = await openContexts(options, bench, progress, signal);
  let inUse: Lock | undefined;
  try {
    const { source } = contexts;
    const dockerfile = parseDockerfile(source);
    const found = await planFor(options, bench, contexts, dockerfile, progress);
    inUse = await bench.store.use(signal);
    const snapshot = await solve(options, bench, contexts, found.plan, signal, progress);
    const descriptor = await assemble(options, bench, found.plan, snapshot);
    const outputs = options.outputs ?? [{ type: "image" }];
    const familiar = names.map(familiarName);
    for (const output of outputs) await writeOutput(output, { bench, descriptor, snapshot, names: familiar, progress });
    const imageId = bench.store.images.idOf(descriptor) as Digest;
    progress({ type: "result", image: imageId });
    return { imageId, descriptor, names: familiar, warnings: found.warnings, source };
  } finally {
    inUse?.[Symbol.dispose]();
    await contexts.close();
  }
}

async function planFor(
  options: BuildOptions,
  bench: Workbench,
  contexts: BuildContexts,
  dockerfile: ReturnType<typeof parseDockerfile>,
  progress: OnProgress,
): Promise<{ plan: Plan; warnings: readonly Warning[] }> {
  const policy = options.pull ?? "missing";
  const platform = options.platform ?? bench.platform;
  const plan = await makePlan(
    dockerfile,
    {
      buildArgs: options.buildArgs ?? new Map(),
      labels: options.labels ?? new Map(),
      platform,
      buildPlatform: bench.platform,
      noCache: options.noCache ?? false,
      contexts: contexts.named,
      network: options.network ?? "default",
      ...(options.target === undefined ? {} : { target: options.target }),
      ...(options.addHosts ? { addHosts: options.addHosts } : {}),
      ...(options.ulimits ? { ulimits: options.ulimits } : {}),
      ...(options.shmSizeBytes ? { shmSizeBytes: options.shmSizeBytes } : {}),
    },
    { resolve: (name, wanted) => announced(name, progress, () => resolveImage(bench, name, wanted, policy)) },
  );
  return { plan, warnings: check(dockerfile, plan) };
}
