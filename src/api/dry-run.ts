/** `build --dry-run`: what a build would do and why, without doing it. */
import type { Change, Digest, Range, SourceText } from "../core/index.ts";
import type { Warning } from "../lint/index.ts";
import { Forecast, type ForecastStep } from "../solve/index.ts";
import type { BuildOptions } from "./build-options.ts";
import { CacheTransfer } from "./cache-transfer.ts";
import { openContexts } from "./contexts.ts";
import { planAll } from "./plans.ts";
import type { Workbench } from "./workbench.ts";
import { historyOf, openWorker } from "./worker.ts";

/** What would become of a step. */
export interface DryStep {
  /** The line of the progress display: `[build 2/3] RUN make`. */
  readonly name: string;
  readonly stage: string;
  /** Where the Dockerfile says it. */
  readonly ranges: readonly Range[];
  /** `may run`: it depends on files that a step that runs first will make. */
  readonly state: "cached" | "runs" | "may run";
  readonly key?: Digest;
  /** Why it is not taken from the cache; left out where no earlier build had it. */
  readonly why?: readonly Change[];
  /** `may run`: the stages, or images, whose files are not known yet. */
  readonly waitsFor?: readonly string[];
}

export interface DryRun {
  /** In the order they are done, each after those it stands on. */
  readonly steps: readonly DryStep[];
  readonly warnings: readonly Warning[];
  readonly source: SourceText;
}

/** Runs nothing, copies nothing, writes no image and leaves no record. Throws what `build` throws before its first step. */
export async function dryRun(bench: Workbench, options: BuildOptions): Promise<DryRun> {
  const signal = options.signal ?? new AbortController().signal;
  const progress = options.onProgress ?? (() => {});
  const contexts = await openContexts(options, bench, signal);
  try {
    const { plans, warnings } = await planAll(options, bench, contexts, [], progress);
    using _inUse = await bench.store.use(signal);
    const history = historyOf(bench, options, contexts, plans);
    const transfer = new CacheTransfer(bench, options, progress, signal);
    const worker = openWorker(bench, options, { contexts, history, progress, supply: transfer.supply });
    const cache = await transfer.open();
    history.learn(() => transfer.told());
    const forecast = new Forecast(cache, worker, signal, (vertex, from) => history.explain(vertex, from));
    const found: ForecastStep[] = [];
    for (const { result } of plans) if (result) found.push(...(await forecast.of(result)));
    const steps = [...new Set(found)]
      .filter(({ vertex }) => vertex.step.kind !== "merge")
      .map(({ vertex, ...rest }): DryStep => ({ ...vertex.origin, ...rest }));
    return { steps, warnings, source: contexts.source };
  } finally {
    contexts.close();
  }
}
