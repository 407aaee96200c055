/** What store, registry and archive have in common: images can be read from them and written to them. */
import type { Readable } from "node:stream";
import type { Digest } from "../core/index.ts";
import type { Descriptor } from "./descriptor.ts";

/** A place that images come from. */
export interface ContentSource {
  /** The descriptor that a tag or digest names here. Throws a SlipwayError if there is none. */
  resolve(reference: string): Promise<Descriptor>;
  /** The bytes of a blob or manifest. The reader checks digest and size. */
  open(descriptor: Descriptor, signal?: AbortSignal): Promise<Readable>;
}

/** A place that images go to. */
export interface ContentTarget {
  has(descriptor: Descriptor): Promise<boolean>;
  /** Keeps a blob; `open` is called again where a transfer is begun again. The place checks digest and size. */
  put(descriptor: Descriptor, open: () => Readable, signal?: AbortSignal): Promise<void>;
  /** Keeps a manifest or index whose blobs are there already, under its digest and, if given, under a tag. */
  putManifest(descriptor: Descriptor, bytes: Uint8Array, tag?: string): Promise<void>;
  /** Takes a blob over from another repository of the same place; false if the place cannot. */
  mount?(digest: Digest, fromRepository: string): Promise<boolean>;
}
