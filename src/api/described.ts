/** The images that a build made, as manifests in the store. */
import { type OnProgress, UNDATED_MS } from "../core/index.ts";
import { assembleImage } from "../image/index.ts";
import { type Descriptor, type Index, MEDIA } from "../oci/index.ts";
import type { Plan } from "../plan/index.ts";
import type { Snapshot } from "../solve/index.ts";
import type { Workbench } from "./workbench.ts";

/** A platform's plan, done. */
export interface Built {
  readonly plan: Plan;
  readonly snapshot: Snapshot;
}

/** Seconds since the epoch that SOURCE_DATE_EPOCH tells; undefined if it is not set or no number. */
export function sourceDateEpoch(buildArgs: ReadonlyMap<string, string> | undefined): number | undefined {
  const epoch = buildArgs?.get("SOURCE_DATE_EPOCH");
  return epoch !== undefined && /^\d+$/.test(epoch) ? Number(epoch) : undefined;
}

/** What times are brought down to without SOURCE_DATE_EPOCH, in seconds since the epoch: the time of the newest base image. */
export function baseEpoch(plans: readonly Plan[]): number {
  const times = plans.map(({ base }) => Date.parse(base?.config.created ?? "")).filter((time) => !Number.isNaN(time));
  return Math.floor(Math.max(UNDATED_MS, ...times) / 1000);
}

/** The image, or an index of the images in the order of their platforms. With `latest` no file of the new layers is later. */
export async function describeBuilt(
  bench: Workbench,
  built: readonly Built[],
  epoch: number | undefined,
  latest?: number,
): Promise<Descriptor> {
  const images = await Promise.all(
    built.map(({ plan, snapshot }) =>
      assembleImage(bench.store, {
        config: plan.config,
        history: plan.history,
        layers: snapshot.slice(plan.base?.config.rootfs?.diff_ids.length ?? 0),
        ...(plan.base ? { base: plan.base.manifest } : {}),
        ...(epoch === undefined ? {} : { created: new Date(epoch * 1000).toISOString() }),
        ...(latest === undefined ? {} : { latest }),
      }),
    ),
  );
  const [only] = images;
  if (only && images.length === 1) return only;
  const index: Index = { schemaVersion: 2, mediaType: MEDIA.index, manifests: images };
  return bench.store.blobs.putJson(MEDIA.index, index);
}

/** Does the same, once `bring` has seen to it that the layers are there, and tells of it, as BuildKit does. */
export async function exportBuilt(
  bench: Workbench,
  built: readonly Built[],
  epoch: number | undefined,
  tags: readonly string[],
  bring: () => Promise<void>,
  progress: OnProgress,
): Promise<Descriptor> {
  const id = "export";
  const name = "exporting to image";
  const time = (): number => Date.now();
  progress({ type: "vertex", id, name, state: "running", time: time() });
  await bring();
  const descriptor = await describeBuilt(bench, built, epoch);
  const image = bench.store.images.idOf(descriptor);
  progress({ type: "status", id, what: `writing image ${image}`, done: true, time: time() });
  for (const tag of tags) progress({ type: "status", id, what: `naming to ${tag}`, done: true, time: time() });
  progress({ type: "vertex", id, name, state: "done", time: time() });
  return descriptor;
}
