/** Tars of the store as they are sent: compressed, and remembered so that what a place has is not compressed again. */
import { rmSync } from "node:fs";
import { type Digest, digestOf } from "../core/index.ts";
import { type Compression, type Descriptor, MEDIA } from "../oci/index.ts";
import type { Store } from "../store/index.ts";
import { recompress } from "../tree/index.ts";

const MEDIA_TYPES = { none: MEDIA.layer, gzip: MEDIA.layerGzip, zstd: MEDIA.layerZstd } as const;

/** The tar as it would be sent, if that is known. */
export function knownForm(store: Store, diffId: Digest, compression: Compression): Descriptor | undefined {
  const mediaType = MEDIA_TYPES[compression];
  if (compression === "none") {
    const size = store.blobs.size(diffId);
    return size === undefined ? undefined : { mediaType, digest: diffId, size };
  }
  const known = store.records.get<{ digest: Digest; size: number }>("compressed", recordKey(diffId, compression));
  return known && { mediaType, ...known };
}

/** The tar in a file of that form, which is there while `use` works. Throws COMPRESSOR_MISSING. */
export async function withForm<T>(
  store: Store,
  diffId: Digest,
  compression: Compression,
  use: (descriptor: Descriptor, file: string) => Promise<T>,
): Promise<T> {
  const known = knownForm(store, diffId, compression);
  if (known && store.blobs.has(known.digest)) return use(known, store.blobs.path(known.digest));
  const out = store.blobs.temporary();
  try {
    const made = await recompress({ file: store.blobs.path(diffId), from: "none", to: compression, out });
    store.records.put("compressed", recordKey(diffId, compression), made);
    return await use({ mediaType: MEDIA_TYPES[compression], ...made }, out);
  } finally {
    rmSync(out, { force: true });
  }
}

/** The name that a converted image's layer of this form has as well: what was compressed for one is known to the other. */
function recordKey(diffId: Digest, compression: Compression): Digest {
  return digestOf(["compressed", diffId, compression, null]);
}
