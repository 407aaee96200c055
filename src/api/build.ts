/** Builds the image that a Dockerfile describes: from text to image, top to bottom. */
import { allSettled, type Digest, type OnProgress, SlipwayError, type SourceText } from "../core/index.ts";
import { parseDockerfile } from "../dockerfile/index.ts";
import type { Executor } from "../executor/index.ts";
import type { Vertex } from "../graph/index.ts";
import { type Annotation, layerBlob } from "../image/index.ts";
import { Linter, type Warning } from "../lint/index.ts";
import { type Descriptor, familiarName, type Platform, parseReference, withDefaultTag } from "../oci/index.ts";
import { makePlan, type Plan } from "../plan/index.ts";
import { History, type Loans, LocalWorker, Solver, storeCache } from "../solve/index.ts";
import type { Lock } from "../store/index.ts";
import { buildId, folderOf } from "./build-id.ts";
import { type BuildContexts, type ContextInput, openContexts } from "./contexts.ts";
import { type Built, describeBuilt, exportBuilt, sourceDateEpoch } from "./described.ts";
import { httpGet } from "./http-get.ts";
import { explainMissing } from "./missing-source.ts";
import { namesOf, type Output, type Written, writeOutput } from "./outputs.ts";
import { baseImages, linterOptionsOf, planOptionsOf } from "./planning.ts";
import { keptDescriptor } from "./pull.ts";
import { recorded } from "./record.ts";
import type { FoundImage, PullPolicy } from "./resolve-image.ts";
import type { Workbench } from "./workbench.ts";

/** What is to be built. All but the context has the default that `docker build` has. */
export interface BuildOptions extends ContextInput {
  /** Names for the image; without a tag `latest`. */
  readonly tags?: readonly string[];
  readonly buildArgs?: ReadonlyMap<string, string>;
  readonly labels?: ReadonlyMap<string, string>;
  /** Name or number of a stage; the last one if left out. */
  readonly target?: string;
  /** The machine's own if left out. Several make an index of as many images. */
  readonly platforms?: readonly Platform[];
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
  /** For every output that is an image. Those of an index mean something with several platforms only. */
  readonly annotations?: readonly Annotation[];
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** What came of a build. */
export interface BuildResult {
  /** Digest of the config, which Docker calls the image's ID; of several platforms the digest of the index. */
  readonly imageId: Digest;
  /** As the first output that is an image has it; else as it would stand in the store. */
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
 * `signal` when it aborts. Whatever happens, no process and no mount is left behind,
 * and a record of the build is.
 */
export function build(bench: Workbench, options: BuildOptions): Promise<BuildResult> {
  return recorded(bench, options, (onProgress) => buildImage(bench, { ...options, onProgress }, onProgress));
}

async function buildImage(bench: Workbench, options: BuildOptions, progress: OnProgress): Promise<BuildResult> {
  const signal = options.signal ?? new AbortController().signal;
  const names = (options.tags ?? []).map((tag) => familiarName(withDefaultTag(parseReference(tag))));
  const contexts = await openContexts(options, bench, signal);
  let inUse: Lock | undefined;
  try {
    const found: FoundImage[] = [];
    const { plans, warnings } = await planAll(options, bench, contexts, found, progress);
    inUse = await bench.store.use(signal);
    const built = await solve(options, bench, contexts, plans, signal, progress);
    await keepBases(bench, found);
    const epoch = sourceDateEpoch(options.buildArgs);
    const made = await exportBuilt(bench, built, epoch, options.tags ?? [], progress);
    const written: Written = {
      bench,
      names,
      signal,
      onProgress: progress,
      annotations: options.annotations ?? [],
      results: built.map(({ plan, snapshot }) => ({ platform: plan.platform, snapshot })),
      describe: async (clamped) => (clamped && epoch !== undefined ? describeBuilt(bench, built, epoch, epoch) : made),
    };
    let descriptor: Descriptor | undefined;
    const outputs = options.outputs ?? [{ type: "image" } as const];
    for (const output of outputs) {
      const image = await writeOutput(output, written);
      descriptor ??= image;
    }
    descriptor ??= made;
    const imageId = bench.store.images.idOf(descriptor) as Digest;
    progress({ type: "result", image: imageId });
    return {
      imageId,
      descriptor,
      names: [...new Set(outputs.flatMap((output) => namesOf(output, names)))],
      warnings,
      source: contexts.source,
    };
  } finally {
    inUse?.[Symbol.dispose]();
    contexts.close();
  }
}

/** A plan for each platform. Advice that holds for several is given once. */
async function planAll(
  options: BuildOptions,
  bench: Workbench,
  contexts: BuildContexts,
  found: FoundImage[],
  progress: OnProgress,
): Promise<{ readonly plans: readonly Plan[]; readonly warnings: readonly Warning[] }> {
  const platforms = options.platforms?.length ? options.platforms : [bench.platform];
  const plans: Plan[] = [];
  const warnings = new Map<string, Warning>();
  for (const platform of platforms) {
    const own = await planFor(options, bench, contexts, found, progress, platform, warnings);
    plans.push(own);
  }
  return { plans, warnings: [...warnings.values()] };
}

/** The plan, and what there is to say about the file, which is also told when the plan fails. */
async function planFor(
  options: BuildOptions,
  bench: Workbench,
  contexts: BuildContexts,
  found: FoundImage[],
  progress: OnProgress,
  platform: Platform,
  warnings: Map<string, Warning>,
): Promise<Plan> {
  const dockerfile = parseDockerfile(contexts.source);
  const planOptions = planOptionsOf(options, bench, contexts, platform);
  const watcher = new Linter(dockerfile, linterOptionsOf(planOptions, contexts));
  try {
    const plan = await makePlan(dockerfile, { ...planOptions, watcher }, baseImages(bench, options.pull, progress, found));
    const violation = watcher.violation();
    if (violation) throw violation;
    return plan;
  } finally {
    for (const warning of watcher.warnings()) {
      const key = `${warning.rule} ${warning.range.start.line} ${warning.message}`;
      if (!warnings.has(key)) progress({ type: "warning", ...warning });
      warnings.set(key, warning);
    }
  }
}

async function solve(
  options: BuildOptions,
  bench: Workbench,
  contexts: BuildContexts,
  plans: readonly Plan[],
  signal: AbortSignal,
  progress: OnProgress,
): Promise<Built[]> {
  const { store } = bench;
  const results = plans.flatMap((plan) => plan.result ?? []);
  const final = new Set(results.flatMap((result) => [...chainOf(result)]));
  const id = buildId(
    options,
    contexts,
    plans.map((plan) => plan.platform),
  );
  const history = new History(store, id, results, (vertex) => folderOf(vertex, contexts));
  let executor: Promise<Executor> | undefined;
  const worker = new LocalWorker({
    store,
    history: id,
    executor: () => {
      executor ??= openedExecutor(bench, progress);
      return executor;
    },
    openBlob: bench.openBlob,
    httpGet: httpGet(bench),
    contexts: contexts.folders,
    loans: options.loans ?? { secrets: new Map(), ssh: new Map() },
    jobs: bench.jobs,
    platform: bench.platform,
    // The result's layers are packed while the next step is at work.
    onLayer: (vertex, layer) => {
      if (final.has(vertex)) layerBlob(store, layer).catch(() => {});
    },
  });
  const solver = new Solver(storeCache(store), worker, signal, progress, (vertex, from) => history.explain(vertex, from));
  try {
    return await allSettled(plans.map(async (plan) => ({ plan, snapshot: plan.result ? await solver.solve(plan.result) : [] })));
  } catch (error) {
    throw error instanceof SlipwayError ? explainMissing(error, solver.failed, contexts) : error;
  } finally {
    history.keep(solver.made);
  }
}

/** What the executor lacks against the whole has a line of its own in the progress. */
async function openedExecutor(bench: Workbench, progress: OnProgress): Promise<Executor> {
  const executor = await bench.executor();
  const name = `[internal] run steps ${executor.limits.join("; ")}`;
  if (executor.limits.length > 0) progress({ type: "vertex", id: "executor", name, state: "done", time: Date.now() });
  return executor;
}

/** The vertices whose layers are the result's own. */
function chainOf(result: Vertex): Set<Vertex> {
  const chain = new Set<Vertex>();
  for (let at: Vertex | undefined = result; at && "step" in at; at = at.base) {
    chain.add(at);
    if (at.step.kind === "merge") for (const input of at.inputs) chain.add(input.vertex);
  }
  return chain;
}

/** A base that came from a registry keeps its name in the store, once all of it is there. */
async function keepBases(bench: Workbench, found: readonly FoundImage[]): Promise<void> {
  const kept = new Set<string>();
  for (const image of found) {
    // Of several platforms the first one has the name.
    if (!image.remote || image.byDigest || kept.has(image.familiar)) continue;
    kept.add(image.familiar);
    const { layers } = bench.store.images.manifest(image.manifest);
    if (!layers.every((layer) => bench.store.blobs.has(layer.digest))) continue;
    await bench.store.images.tag(keptDescriptor(bench, image.top, image.manifest), [image.familiar]);
  }
}
