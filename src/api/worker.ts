/** Who does the steps of a build, and what is remembered of the builds before it. */
import type { OnProgress } from "../core/index.ts";
import type { Executor } from "../executor/index.ts";
import type { Plan } from "../plan/index.ts";
import { History, type Loans, LocalWorker, type LocalWorkerOptions, type Supply } from "../solve/index.ts";
import { buildId, folderOf } from "./build-id.ts";
import type { BuildOptions } from "./build-options.ts";
import type { BuildContexts } from "./contexts.ts";
import { httpGet } from "./http-get.ts";
import type { Workbench } from "./workbench.ts";

/** What earlier builds of the same were made from. */
export function historyOf(bench: Workbench, options: BuildOptions, contexts: BuildContexts, plans: readonly Plan[]): History {
  const platforms = plans.map((plan) => plan.platform);
  const results = plans.flatMap((plan) => plan.result ?? []);
  return new History(bench.store, {
    id: buildId(options, contexts, platforms),
    results,
    stages: plans[0]?.stages ?? [],
    source: (vertex) => folderOf(vertex, contexts),
  });
}

interface Surroundings {
  readonly contexts: BuildContexts;
  readonly history: History;
  readonly progress: OnProgress;
  /** Where layers come from that the store lacks. */
  readonly supply: Supply;
  readonly loans?: Loans;
}

export function openWorker(
  bench: Workbench,
  options: BuildOptions,
  { contexts, history, progress, supply, loans }: Surroundings,
  results?: Pick<LocalWorkerOptions, "isLast" | "isFinal" | "onLayer">,
): LocalWorker {
  let executor: Promise<Executor> | undefined;
  return new LocalWorker({
    store: bench.store,
    history,
    executor: () => {
      executor ??= openedExecutor(bench, progress);
      return executor;
    },
    openBlob: bench.openBlob,
    supply,
    httpGet: httpGet(bench),
    contexts: contexts.folders,
    loans: loans ?? { secrets: new Map(), ssh: new Map() },
    ...(options.limits ? { limits: options.limits } : {}),
    jobs: options.jobs ?? bench.jobs,
    platform: bench.platform,
    ...results,
    ...(options.onFailure ? { onFailure: options.onFailure } : {}),
  });
}

/** What the executor lacks against the whole has a line of its own in the progress. */
async function openedExecutor(bench: Workbench, progress: OnProgress): Promise<Executor> {
  const executor = await bench.executor();
  const name = `[internal] run steps ${executor.limits.join("; ")}`;
  if (executor.limits.length > 0) progress({ type: "vertex", id: "executor", name, state: "done", time: Date.now() });
  return executor;
}
