/** `squash`: the layers that a build made as one, above those of its base. */
import { digestOf } from "../core/index.ts";
import { foldersOf, type Job, type Snapshot, type Supply } from "../solve/index.ts";
import { offload } from "../tree/index.ts";
import type { Built } from "./described.ts";
import type { Workbench } from "./workbench.ts";

/** The same result with at most one layer of its own. The steps' own layers stay in the cache. */
export async function squashBuilt(
  bench: Workbench,
  { plan, snapshot }: Built,
  supply: Supply,
  job: Pick<Job, "id" | "signal" | "progress">,
): Promise<Built> {
  const below = plan.base?.config.rootfs?.diff_ids.length ?? 0;
  const own = snapshot.slice(below);
  if (own.length < 2) return { plan, snapshot };
  await supply.bring(snapshot, job);
  const layer = await squashedLayer(bench, snapshot.slice(0, below), own, job.signal);
  const history = plan.history.map((line) => (line.fromBase ? line : { ...line, entry: { ...line.entry, empty_layer: true } }));
  const entry = { created_by: "slipway build --squash", comment: `${own.length} layers as one` };
  return {
    plan: { ...plan, history: [...history, { entry, fromBase: false }] },
    snapshot: [...snapshot.slice(0, below), layer],
  };
}

async function squashedLayer(
  { store }: Workbench,
  base: Snapshot,
  layers: Snapshot,
  signal: AbortSignal,
): Promise<Snapshot[number]> {
  const id = digestOf(["squash", base, layers]);
  const folders = foldersOf(store, layers);
  await store.layers.make(
    id,
    folders,
    async ({ folder }) => {
      await offload("squashLayers", { folders, below: foldersOf(store, base), folder }, signal);
      return undefined;
    },
    signal,
  );
  return id;
}
