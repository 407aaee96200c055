/** An image from a registry into the store, all of it. */
import { allSettled, type Digest, type OnProgress } from "../core/index.ts";
import { type Descriptor, familiarName, type Platform, parseReference, withDefaultTag } from "../oci/index.ts";
import { fetchBlob, type Transfer } from "../solve/index.ts";
import { resolveImage } from "./resolve-image.ts";
import type { Workbench } from "./workbench.ts";

export interface PullOptions {
  readonly platform?: Platform;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

export interface PullResult {
  /** Familiar name with tag. */
  readonly name: string;
  /** What the name stands for in the registry. */
  readonly digest: Digest;
  /** The store had this very image under this name. */
  readonly upToDate: boolean;
}

/** Pulls an image of one platform. Throws REGISTRY_*, PLATFORM_MISSING, DIGEST_MISMATCH, SIZE_MISMATCH. */
export async function pullImage(bench: Workbench, name: string, options: PullOptions = {}): Promise<PullResult> {
  const { store } = bench;
  const reference = withDefaultTag(parseReference(name));
  const signal = options.signal ?? new AbortController().signal;
  using _lock = await store.use(signal);
  const found = await resolveImage(bench, name, options.platform ?? bench.platform, "always");
  const familiar = familiarName(reference);
  const before = store.images.byName(familiar);
  await pullBlobs(bench, found.reference, found.manifest, signal, options.onProgress ?? (() => {}));
  const kept = keptDescriptor(bench, found.top, found.manifest);
  await store.images.tag(kept, [familiar]);
  return { name: familiar, digest: found.top.digest, upToDate: before?.digest === kept.digest };
}

/** Brings all layers of a manifest into the store, several at once. */
export async function pullBlobs(
  bench: Workbench,
  reference: string,
  manifest: Digest,
  signal: AbortSignal,
  progress: OnProgress,
): Promise<void> {
  const { layers } = bench.store.images.manifest(manifest);
  const job: Transfer = { id: "pull", signal, progress };
  await allSettled(layers.map((layer) => fetchBlob(bench.store, reference, layer, bench.openBlob, job)));
}

/**
 * What the store keeps a pulled name for: the one manifest that was pulled. An index of
 * which most manifests are missing would be no image for those who read the layout.
 */
export function keptDescriptor(bench: Workbench, top: Descriptor, manifest: Digest): Descriptor {
  if (top.digest === manifest) return { mediaType: top.mediaType, digest: top.digest, size: top.size };
  const entry = bench.store.images.index(top.digest).manifests.find((candidate) => candidate.digest === manifest);
  return entry
    ? {
        mediaType: entry.mediaType,
        digest: entry.digest,
        size: entry.size,
        ...(entry.platform ? { platform: entry.platform } : {}),
      }
    : top;
}
