/** The steps that made an image, newest first. */
import type { Digest } from "../core/index.ts";
import { imageNotFound } from "../store/index.ts";
import { layerSize, summarize } from "./images.ts";
import { findLocal } from "./resolve-image.ts";
import type { Workbench } from "./workbench.ts";

/** A line of `docker history`. */
export interface HistoryRow {
  /** The image's ID on the newest line; unknown below, as with Docker. */
  readonly id: Digest | undefined;
  readonly created: string | undefined;
  readonly createdBy: string;
  /** Bytes the step added. */
  readonly size: number;
  readonly comment: string;
}

/** Throws IMAGE_NOT_FOUND and IMAGE_AMBIGUOUS. */
export function imageHistory(bench: Workbench, name: string): HistoryRow[] {
  const descriptor = findLocal(bench.store, name);
  const summary = descriptor && summarize(bench, undefined, descriptor);
  if (!summary) throw imageNotFound(name);
  let layer = 0;
  const rows = (summary.config.history ?? []).map((line): HistoryRow => {
    const index = line.empty_layer ? undefined : layer++;
    const compressed = index === undefined ? 0 : (summary.manifest.layers[index]?.size ?? 0);
    const size = index === undefined ? 0 : layerSize(bench, summary.config.rootfs.diff_ids[index], compressed);
    return { id: undefined, created: line.created, createdBy: line.created_by ?? "", size, comment: line.comment ?? "" };
  });
  return rows.reverse().map((row, i) => (i === 0 ? { ...row, id: summary.id } : row));
}
