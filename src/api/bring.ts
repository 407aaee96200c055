/** What outputs need of results whose layers are not all in the store. */
import { allSettled, type OnProgress } from "../core/index.ts";
import { fetchBlob, type Supply } from "../solve/index.ts";
import { notePlace } from "./blob-places.ts";
import type { Built } from "./described.ts";
import type { Output } from "./outputs.ts";
import type { Workbench } from "./workbench.ts";

/** Brings files where files are written, tars where images are, and nothing where nothing is. Throws what transfers throw. */
export async function bringResults(
  bench: Workbench,
  built: readonly Built[],
  outputs: readonly Output[],
  supply: Supply,
  signal: AbortSignal,
  progress: OnProgress,
): Promise<void> {
  const job = { id: "export", signal, progress };
  const files = wantsFiles(outputs);
  const images = outputs.some((output) => output.type === "image" || output.type === "oci" || output.type === "docker");
  await allSettled(
    built.map(async ({ plan: { base }, snapshot }) => {
      if (files) await supply.bring(snapshot, job);
      if (!images) return;
      await supply.bringTars(snapshot.slice(base?.config.rootfs?.diff_ids.length ?? 0), job);
      if (!base) return;
      if (outputs.every(leavesBases)) {
        noteBase(bench, base);
        return;
      }
      const { layers } = bench.store.images.manifest(base.manifest);
      await allSettled(layers.map((layer) => fetchBlob(bench.store, base.reference, layer, bench.openBlob, job)));
    }),
  );
}

/** Whether an output reads the files of a result, and not its image alone. */
export function wantsFiles(outputs: readonly Output[]): boolean {
  return outputs.some(
    (output) => output.type === "local" || output.type === "tar" || ("rewriteTimestamp" in output && output.rewriteTimestamp),
  );
}

/** Whether an output needs no layer of a base here: the registry has them, or is sent them from where they are. */
function leavesBases(output: Output): boolean {
  if (output.type === "cacheonly") return true;
  return output.type === "image" && output.store === false && output.push === true && !output.forceCompression;
}

function noteBase(bench: Workbench, base: NonNullable<Built["plan"]["base"]>): void {
  for (const layer of bench.store.images.manifest(base.manifest).layers)
    if (!bench.store.blobs.has(layer.digest)) notePlace(bench.store, layer.digest, base.reference);
}
