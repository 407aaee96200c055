/** Manifests and configs of a place, as JSON that matches its digest. */
import type { Readable } from "node:stream";
import { type Digest, digestOfBytes } from "../core/index.ts";
import { type ContentSource, type Descriptor, type ImageConfig, type Index, isIndexType, type Manifest } from "../oci/index.ts";
import { documentDamaged } from "./errors.ts";
import { type CacheBody, cacheIn, layersOf } from "./format.ts";
import type { OpenPlace } from "./place.ts";

/** A cache as it lies in a place. */
export interface FoundCache {
  readonly body: CacheBody;
  /** By diffID. */
  readonly layers: ReadonlyMap<Digest, Descriptor>;
}

/** What a place holds under its tag: an image may have several caches, one a platform, or none. */
export interface FoundPlace {
  readonly top: Descriptor;
  readonly caches: readonly FoundCache[];
  /** It can be run: it has a platform. */
  readonly isImage: boolean;
}

/** Throws what the place throws when there is nothing of that name. */
export async function readPlace({ source, tag, name }: OpenPlace, signal: AbortSignal): Promise<FoundPlace> {
  const top = await source.resolve(tag);
  const manifests = isIndexType(top.mediaType)
    ? (await readJson<Index>(source, top, name, signal)).manifests.filter((entry) => entry.platform?.os !== "unknown")
    : [top];
  const caches: FoundCache[] = [];
  let isImage = false;
  for (const descriptor of manifests) {
    const manifest = await readJson<Manifest>(source, descriptor, name, signal);
    if (!/\.image\.(v1|config\.v1)\+json$/.test(manifest.config?.mediaType ?? "")) continue;
    const config = await readJson<ImageConfig>(source, manifest.config, name, signal);
    if (config.os !== "unknown") isImage = true;
    const body = cacheIn(config);
    if (body) caches.push({ body, layers: layersOf(manifest, config) });
  }
  return { top, caches, isImage };
}

const LARGEST = 256 << 20;

async function readJson<T>(source: ContentSource, descriptor: Descriptor, place: string, signal: AbortSignal): Promise<T> {
  const parts: Buffer[] = [];
  let size = 0;
  const bytes: Readable = await source.open(descriptor, signal);
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > Math.min(descriptor.size, LARGEST)) throw documentDamaged(place, descriptor.digest);
    parts.push(chunk);
  }
  const text = Buffer.concat(parts);
  if (digestOfBytes(text) !== descriptor.digest) throw documentDamaged(place, descriptor.digest);
  try {
    return JSON.parse(text.toString("utf8")) as T;
  } catch (error) {
    throw documentDamaged(place, descriptor.digest, error);
  }
}
