/** A name to an image: the store first, then the registry. */
import type { Readable } from "node:stream";
import { type Digest, SlipwayError } from "../core/index.ts";
import {
  canonicalName,
  type Descriptor,
  familiarName,
  isIndexType,
  matchPlatforms,
  type Platform,
  parseReference,
  type Reference,
  withDefaultTag,
} from "../oci/index.ts";
import type { BaseImage } from "../plan/index.ts";
import type { Store } from "../store/index.ts";
import { imageNotLocal, platformMissing } from "./errors.ts";
import type { Workbench } from "./workbench.ts";

/** Whether a registry is asked: always, only for what the store lacks, never, or to see whether there is something newer. */
export type PullPolicy = "always" | "missing" | "never" | "newer";

/** An image found in the store, or in a registry with its manifest and config brought into the store. */
export interface FoundImage extends BaseImage {
  /** The registry was asked and the name is not in the store. */
  readonly remote: boolean;
  /** What the name stands for: the index where there is one. */
  readonly top: Descriptor;
  /** As people write it. */
  readonly familiar: string;
  /** The name tells a digest, so it is no tag. */
  readonly byDigest: boolean;
}

/** The image of the store that a user means by a name, an ID or the beginning of one. */
export function findLocal(store: Store, name: string): Descriptor | undefined {
  let reference: Reference;
  try {
    reference = parseReference(name);
  } catch (error) {
    if (error instanceof SlipwayError) return store.images.byId(name);
    throw error;
  }
  const tagged = store.images.byName(familiarName(withDefaultTag(reference)));
  if (tagged) return tagged;
  if (reference.digest) {
    const digest = reference.digest;
    return store.images.list().find((image) => image.descriptor.digest === digest)?.descriptor;
  }
  return store.images.byId(name);
}

/** Finds an image by the policy. Throws what the registry throws, PLATFORM_MISSING, IMAGE_NOT_LOCAL. */
export async function resolveImage(bench: Workbench, name: string, platform: Platform, policy: PullPolicy): Promise<FoundImage> {
  const reference = withDefaultTag(parseReference(name));
  const local = policy === "always" || policy === "newer" ? undefined : findLocal(bench.store, name);
  const known = local && found(bench.store, local, reference, platform, false);
  if (known && (policy === "never" || matchPlatforms(platform, [known.platform]).length > 0)) return known;
  if (known) {
    // Another platform of the name may have been pulled before. Where nobody has a better one, it is taken as it is.
    const better = await fetchManifests(bench, reference, platform).catch((error: unknown) => {
      if (error instanceof SlipwayError) return undefined;
      throw error;
    });
    return better ? found(bench.store, better, reference, platform, true) : known;
  }
  if (policy === "never") throw imageNotLocal(name);
  const top = await fetchManifests(bench, reference, platform);
  return found(bench.store, top, reference, platform, true);
}

/** An image that is in the store, for whatever name it goes by. Throws PLATFORM_MISSING. */
export function imageInStore(bench: Workbench, top: Descriptor, name: string, platform: Platform): FoundImage {
  return found(bench.store, top, parseReference(name), platform, false);
}

/** The manifest of one platform of an image of the store. Throws PLATFORM_MISSING. */
export function manifestFor(store: Store, top: Descriptor, platform: Platform, name: string): Digest {
  if (!isIndexType(top.mediaType)) return top.digest;
  const { manifests } = store.images.index(top.digest);
  const candidates = manifests.filter((manifest) => manifest.platform && manifest.platform.os !== "unknown");
  const best = matchPlatforms(
    platform,
    candidates.map((manifest) => manifest.platform as Platform),
  )[0];
  const match = candidates.find((manifest) => manifest.platform === best);
  if (!best || !match)
    throw platformMissing(
      name,
      platform,
      candidates.map((manifest) => manifest.platform as Platform),
    );
  return match.digest;
}

function found(store: Store, top: Descriptor, reference: Reference, platform: Platform, remote: boolean): FoundImage {
  const manifest = manifestFor(store, top, platform, familiarName(reference));
  const config = store.images.config(store.images.manifest(manifest).config.digest);
  const { os, architecture, variant } = config;
  const its: Platform = { os, architecture, ...(variant ? { variant } : {}) };
  return {
    reference: canonicalName(reference),
    manifest,
    config,
    platform: its,
    remote,
    top,
    familiar: familiarName(reference),
    byDigest: reference.digest !== undefined,
  };
}

/** Brings index, manifest and config, but no layers, into the store. */
async function fetchManifests(bench: Workbench, reference: Reference, platform: Platform): Promise<Descriptor> {
  const { store } = bench;
  const { source } = await bench.repository(reference);
  const top = await source.resolve(reference.digest ?? reference.tag ?? "latest");
  await keep(store, source, top);
  const manifest = manifestFor(store, top, platform, familiarName(reference));
  if (manifest !== top.digest) {
    const entry = store.images.index(top.digest).manifests.find((candidate) => candidate.digest === manifest);
    if (entry) await keep(store, source, entry);
  }
  await keep(store, source, store.images.manifest(manifest).config);
  return top;
}

async function keep(store: Store, source: { open(d: Descriptor): Promise<Readable> }, descriptor: Descriptor): Promise<void> {
  if (!store.blobs.has(descriptor.digest)) await store.blobs.put(descriptor, await source.open(descriptor), "a manifest");
}
