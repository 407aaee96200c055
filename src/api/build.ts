/** Builds the image that a Dockerfile describes: from text to image, top to bottom. */
import { allSettled, type Digest, type OnProgress, SlipwayError } from "../core/index.ts";
import type { Vertex } from "../graph/index.ts";
import { layerBlob } from "../image/index.ts";
import { type Descriptor, familiarName, parseReference, withDefaultTag } from "../oci/index.ts";
import type { Plan } from "../plan/index.ts";
import { memoryCache, Solver } from "../solve/index.ts";
import type { Lock } from "../store/index.ts";
import { bringResults, wantsFiles } from "./bring.ts";
import type { BuildOptions, BuildResult } from "./build-options.ts";
import { CacheTransfer, type GatheredBuild } from "./cache-transfer.ts";
import { type BuildContexts, openContexts } from "./contexts.ts";
import { type Built, baseEpoch, describeBuilt, exportBuilt, sourceDateEpoch } from "./described.ts";
import { explainFailure } from "./explain-failure.ts";
import { namesOf, type Output, type Written, writeOutput } from "./outputs.ts";
import { planAll } from "./plans.ts";
import { keptDescriptor } from "./pull.ts";
import { recorded } from "./record.ts";
import type { FoundImage } from "./resolve-image.ts";
import { squashBuilt } from "./squash.ts";
import { openLoans } from "./ssh-agent.ts";
import { StepTimes } from "./step-times.ts";
import type { Workbench } from "./workbench.ts";
import { historyOf, openWorker } from "./worker.ts";

/**
 * Builds an image. Throws a SlipwayError for what the user can mend: DOCKERFILE_*,
 * PLAN_*, COPY_*, RUN_FAILED and those of registries; rejects with the reason of
 * `signal` when it aborts. Whatever happens, no process and no mount is left behind,
 * and a record of the build is.
 */
export function build(bench: Workbench, options: BuildOptions): Promise<BuildResult> {
  if (options.fresh) return buildImage(bench, options, options.onProgress ?? (() => {}));
  return recorded(bench, options, (onProgress) => buildImage(bench, { ...options, onProgress }, onProgress));
}

async function buildImage(bench: Workbench, options: BuildOptions, progress: OnProgress): Promise<BuildResult> {
  const signal = options.signal ?? new AbortController().signal;
  const names = (options.tags ?? []).map((tag) => familiarName(withDefaultTag(parseReference(tag))));
  const contexts = await openContexts(options, bench, signal);
  let inUse: Lock | undefined;
  try {
    const found: FoundImage[] = [];
    const { plans, linters, warnings } = await planAll(options, bench, contexts, found, progress);
    inUse = await bench.store.use(signal);
    const transfer = new CacheTransfer(bench, options, progress, signal);
    const { built: asBuilt, solved, times } = await solve(options, bench, contexts, plans, transfer, signal, progress);
    const job = { id: "export", signal, progress };
    const built = options.squash
      ? await allSettled(asBuilt.map((one) => squashBuilt(bench, one, transfer.supply, job)))
      : asBuilt;
    const asked = sourceDateEpoch(options.buildArgs);
    const epoch = asked ?? (options.rewriteTimestamp ? baseEpoch(plans) : undefined);
    const outputs = outputsOf(options);
    const bring = (): Promise<void> => bringResults(bench, built, outputs, transfer.supply, signal, progress);
    const made = await exportBuilt(bench, built, epoch, options.tags ?? [], bring, progress);
    await keepBases(bench, found);
    const written: Written = {
      bench,
      names,
      signal,
      onProgress: progress,
      epoch: asked,
      latest: options.rewriteTimestamp ? epoch : undefined,
      annotations: options.annotations ?? [],
      results: built.map(({ plan, snapshot }) => ({ platform: plan.platform, snapshot })),
      describe: async (clamped) => (clamped && epoch !== undefined ? describeBuilt(bench, built, epoch, epoch) : made),
    };
    let descriptor: Descriptor | undefined;
    for (const output of outputs) {
      const image = await writeOutput(output, written);
      descriptor ??= image;
    }
    descriptor ??= made;
    await transfer.write(solved);
    const imageId = bench.store.images.idOf(descriptor) as Digest;
    const advice = options.fresh ? [] : (await loadAdvice()).builtAdvice(bench.store, asBuilt, linters, times, names);
    for (const warning of advice) progress({ type: "warning", ...warning });
    progress({ type: "result", image: imageId });
    return {
      imageId,
      descriptor,
      names: [...new Set(outputs.flatMap((output) => namesOf(output, names)))],
      used: found.map(({ familiar: name, platform, manifest: digest }) => ({ name, platform, digest })),
      warnings: [...warnings, ...advice],
      source: contexts.source,
    };
  } finally {
    inUse?.[Symbol.dispose]();
    contexts.close();
  }
}

/** Loaded after the work: nobody waits for it. */
function loadAdvice(): Promise<typeof import("./built-advice.ts")> {
  return import("./built-advice.ts");
}

function outputsOf({ outputs = [{ type: "image" }], rewriteTimestamp }: BuildOptions): readonly Output[] {
  const isImage = ({ type }: Output): boolean => type === "image" || type === "oci" || type === "docker";
  return rewriteTimestamp ? outputs.map((output) => (isImage(output) ? { ...output, rewriteTimestamp } : output)) : outputs;
}

/** The results, and what a cache needs to know of their graphs. */
interface Made {
  readonly built: readonly Built[];
  readonly solved: GatheredBuild;
  readonly times: StepTimes;
}

async function solve(
  options: BuildOptions,
  bench: Workbench,
  contexts: BuildContexts,
  plans: readonly Plan[],
  transfer: CacheTransfer,
  signal: AbortSignal,
  progress: OnProgress,
): Promise<Made> {
  const { store } = bench;
  const times = new StepTimes();
  const timed: OnProgress = (event) => {
    times.on(event);
    progress(event);
  };
  const results = plans.flatMap((plan) => plan.result ?? []);
  const final = new Set(results.flatMap((result) => [...chainOf(result)]));
  const history = historyOf(bench, options, contexts, plans);
  const last = options.squash || wantsFiles(outputsOf(options)) ? [] : results.map(lastOf);
  const { loans, close } = await openLoans(options.loans, signal);
  const worker = openWorker(
    bench,
    options,
    { contexts, history, progress, supply: transfer.supply, loans },
    {
      isLast: (vertex) => last.includes(vertex),
      isFinal: (vertex) => final.has(vertex),
      onLayer: (vertex, layer) => {
        // The result's layers are packed while the next step is at work.
        if (final.has(vertex)) layerBlob(store, layer).catch(() => {});
      },
    },
  );
  let solver: Solver | undefined;
  try {
    const cache = options.fresh ? memoryCache() : await transfer.open();
    history.learn(() => transfer.told());
    solver = new Solver(cache, worker, signal, timed, (vertex, from) => history.explain(vertex, from));
    const keys = solver;
    const built = await allSettled(
      plans.map(async (plan) => ({ plan, snapshot: plan.result ? await keys.solve(plan.result) : [] })),
    );
    const solved = { results, chain: final, key: (vertex: Vertex) => keys.key(vertex) };
    return { built: await transfer.inlined(built, solved), solved, times };
  } catch (error) {
    throw error instanceof SlipwayError ? explainFailure(error, solver?.failed, contexts) : error;
  } finally {
    close();
    if (solver && !options.fresh) history.keep(solver.made);
  }
}

/** The vertex of the topmost layer: nothing stands on it. */
function lastOf(result: Vertex): Vertex {
  const above = "step" in result && result.step.kind === "merge" ? result.inputs.at(-1)?.vertex : undefined;
  return above ?? result;
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
