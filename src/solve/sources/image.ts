/** Layers of images: found in the store, or fetched and unpacked when they are first needed. */
import type { Readable } from "node:stream";
import { allSettled, type Digest } from "../../core/index.ts";
import type { Source } from "../../graph/index.ts";
import { compressionOf, type Descriptor } from "../../oci/index.ts";
import type { LayerId, Store } from "../../store/index.ts";
import { offload } from "../../tree/index.ts";
import type { Snapshot } from "../cache.ts";
import { layersDisagree, unknownLayerType, wrongDiffId } from "../errors.ts";
import type { Job } from "../worker.ts";

/** What a transfer is told of the work it belongs to. */
export type Transfer = Pick<Job, "id" | "signal" | "progress">;

type ImageSource = Extract<Source, { kind: "image" }>;

/** Opens the bytes of a blob of the image that `reference` names. */
export type OpenBlob = (reference: string, descriptor: Descriptor, signal: AbortSignal) => Promise<Readable>;

/** The layers of an image, unpacked. Fetches what the store lacks, several at once. */
export async function fetchImage(store: Store, source: ImageSource, openBlob: OpenBlob, job: Job): Promise<Snapshot> {
  const known = source.diffIds.map((diffId) => layerOf(store, diffId));
  if (known.every((id) => id !== undefined)) return known as Snapshot;
  job.start();
  const { layers } = store.images.manifest(source.manifest);
  if (layers.length !== source.diffIds.length) throw layersDisagree(source.reference, source.diffIds.length, layers.length);
  return allSettled(
    layers.map(async (descriptor, i) => {
      const diffId = source.diffIds[i] as Digest;
      return known[i] ?? (await makeLayer(store, source.reference, descriptor, diffId, openBlob, job));
    }),
  );
}

/** The layer of the store that has this diffID, pulled or built here. */
export function layerOf(store: Store, diffId: Digest): LayerId | undefined {
  if (store.layers.has(diffId)) return diffId;
  const built = store.records.get<{ layer: LayerId }>("diffs", diffId)?.layer;
  return built && store.layers.has(built) ? built : undefined;
}

/** One layer of an image, unpacked. */
export async function fetchLayer(
  store: Store,
  source: ImageSource,
  diffId: Digest,
  openBlob: OpenBlob,
  job: Transfer,
): Promise<void> {
  const { layers } = store.images.manifest(source.manifest);
  const descriptor = layers[source.diffIds.indexOf(diffId)];
  if (!descriptor) throw layersDisagree(source.reference, source.diffIds.length, layers.length);
  await makeLayer(store, source.reference, descriptor, diffId, openBlob, job);
}

async function makeLayer(
  store: Store,
  reference: string,
  descriptor: Descriptor,
  diffId: Digest,
  openBlob: OpenBlob,
  job: Transfer,
): Promise<LayerId> {
  const compression = compressionOf(descriptor.mediaType);
  if (!compression) throw unknownLayerType(descriptor.mediaType);
  await fetchBlob(store, reference, descriptor, openBlob, job);
  await store.layers.make(
    diffId,
    [],
    async ({ folder }) => {
      const unpacked = await offload(
        "unpackLayer",
        { file: store.blobs.path(descriptor.digest), compression, folder },
        job.signal,
      );
      if (unpacked.diffId !== diffId) throw wrongDiffId(reference, diffId, unpacked.diffId);
      return unpacked;
    },
    job.signal,
  );
  return diffId;
}

/** Brings a blob into the store, once at a time over all processes. */
export async function fetchBlob(
  store: Store,
  reference: string,
  descriptor: Descriptor,
  openBlob: OpenBlob,
  job: Transfer,
): Promise<void> {
  if (store.blobs.has(descriptor.digest)) return;
  using _lock = await store.lock(`blob-${descriptor.digest.slice(7)}`, job.signal);
  if (store.blobs.has(descriptor.digest)) return;
  const bytes = await openTold(descriptor, (signal) => openBlob(reference, descriptor, signal), job);
  await store.blobs.put(descriptor, bytes, `a layer of ${reference}`);
  tellTransfer(job, descriptor, descriptor.size, true);
}

/** Opens a blob whose transfer is shown as it goes on. */
export async function openTold(
  descriptor: Descriptor,
  open: (signal: AbortSignal) => Promise<Readable>,
  job: Transfer,
): Promise<Readable> {
  tellTransfer(job, descriptor, 0, false);
  const bytes = await open(job.signal);
  let current = 0;
  let told = Date.now();
  bytes.on("data", (chunk: Buffer) => {
    current += chunk.length;
    if (Date.now() - told < 100) return;
    told = Date.now();
    tellTransfer(job, descriptor, current, false);
  });
  bytes.pause();
  return bytes;
}

/** Tells how far the transfer of a blob is. */
export function tellTransfer(job: Transfer, { digest, size }: Descriptor, current: number, done: boolean): void {
  job.progress({ type: "status", id: job.id, what: digest, current, total: size, done, time: Date.now() });
}
