/** An image from the store into a registry: only what the registry lacks is sent. */
import { allSettled, type Digest, Limit, type OnProgress } from "../core/index.ts";
import { type Descriptor, familiarName, isIndexType, parseReference, withDefaultTag } from "../oci/index.ts";
import { imageNotFound } from "../store/index.ts";
import { findLocal } from "./resolve-image.ts";
import type { Workbench } from "./workbench.ts";

export interface PushOptions {
  /** What to push; the image of the store that has the name if left out. */
  readonly descriptor?: Descriptor;
  /** The registry is given no tag. */
  readonly byDigest?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

export interface PushResult {
  readonly name: string;
  readonly digest: Digest;
  /** Bytes of the manifest. */
  readonly size: number;
}

const AT_ONCE = 4;

/** Throws IMAGE_NOT_FOUND and REGISTRY_*. */
export async function pushImage(bench: Workbench, name: string, options: PushOptions = {}): Promise<PushResult> {
  const reference = withDefaultTag(parseReference(name));
  const descriptor = options.descriptor ?? findLocal(bench.store, name);
  if (!descriptor) throw imageNotFound(familiarName(reference));
  const { target } = await bench.repository(reference);
  const limit = new Limit(AT_ONCE);
  const send = async (top: Descriptor, tag: string | undefined): Promise<void> => {
    if (isIndexType(top.mediaType)) {
      for (const manifest of bench.store.images.index(top.digest).manifests) await send(manifest, undefined);
    } else {
      const { config, layers } = bench.store.images.manifest(top.digest);
      await allSettled([...layers, config].map((blob) => limit.run(() => sendBlob(blob))));
    }
    await target.putManifest(top, bench.store.blobs.read(top.digest), tag);
  };
  const sendBlob = async (blob: Descriptor): Promise<void> => {
    const tell = (what: string, done: boolean): void =>
      options.onProgress?.({ type: "status", id: "push", what: `${blob.digest.slice(7, 19)}: ${what}`, done, time: Date.now() });
    if (await target.has(blob)) {
      tell("Layer already exists", true);
      return;
    }
    tell("Pushing", false);
    await target.put(blob, () => bench.store.blobs.open(blob.digest), options.signal);
    tell("Pushed", true);
  };
  await send(descriptor, options.byDigest ? undefined : reference.tag);
  return { name: familiarName(reference), digest: descriptor.digest, size: descriptor.size };
}
