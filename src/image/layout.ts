/** Folders that are OCI image layouts: images into one, beside what it holds already, and out of one. */
import { constants, copyFileSync, createReadStream, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hexOf } from "../core/index.ts";
import { type Descriptor, type Index, isIndexType, isManifestType, MEDIA } from "../oci/index.ts";
import { blobMissing, type Store } from "../store/index.ts";
import { makeFolders } from "../tree/index.ts";
import { layoutInvalid, layoutWithout } from "./errors.ts";
import { blobsOf, indexOf, type SavedImage } from "./save.ts";

const REF_NAME = "org.opencontainers.image.ref.name";

/** An image of a name that is there takes its place. Throws BLOB_MISSING. */
export function saveLayout(store: Store, images: readonly SavedImage[], folder: string): void {
  const blobs = join(folder, "blobs/sha256");
  makeFolders(blobs);
  for (const digest of blobsOf(store, images)) {
    if (!store.blobs.has(digest)) throw blobMissing(digest);
    const target = join(blobs, hexOf(digest));
    if (!existsSync(target)) copyFileSync(store.blobs.path(digest), target, constants.COPYFILE_FICLONE);
  }
  writeFileSync(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  const added = indexOf(images).manifests;
  const names = new Set(added.map((entry) => entry.annotations?.[REF_NAME]));
  const kept = entriesOf(join(folder, "index.json")).filter(
    (entry) => !names.has(entry.annotations?.[REF_NAME]) && !added.some(({ digest }) => digest === entry.digest),
  );
  const index: Index = { schemaVersion: 2, mediaType: MEDIA.index, manifests: [...kept, ...added] };
  writeFileSync(join(folder, "index.json"), JSON.stringify(index));
}

/**
 * Brings an image of a layout into the store, without a name. `wanted` is a tag or a
 * digest; without one it is `latest`, or the only image. Throws LAYOUT_INVALID,
 * LAYOUT_IMAGE_MISSING, DIGEST_MISMATCH.
 */
export async function readLayout(store: Store, folder: string, wanted: string | undefined): Promise<Descriptor> {
  const file = join(folder, "index.json");
  if (!existsSync(file)) throw layoutInvalid(folder);
  const entries = entriesOf(file);
  const tag = wanted ?? "latest";
  const top =
    entries.find((entry) => entry.digest === tag || tagOf(entry) === tag) ??
    (wanted === undefined && entries.length === 1 ? entries[0] : undefined);
  if (!top)
    throw layoutWithout(
      folder,
      tag,
      entries.map((entry) => tagOf(entry) ?? entry.digest),
    );
  const { annotations: _, ...bare } = top;
  await takeFrom(store, folder, bare);
  return bare;
}

function tagOf(entry: Descriptor): string | undefined {
  return entry.annotations?.[REF_NAME]?.replace(/^.*:(?!.*\/)/, "");
}

async function takeFrom(store: Store, folder: string, descriptor: Descriptor): Promise<void> {
  const file = join(folder, "blobs/sha256", hexOf(descriptor.digest));
  if (!store.blobs.has(descriptor.digest)) {
    if (!existsSync(file)) throw blobMissing(descriptor.digest);
    await store.blobs.put(descriptor, createReadStream(file, { highWaterMark: 1 << 20 }), "a blob of the layout");
  }
  if (isIndexType(descriptor.mediaType)) {
    // A layout may hold some platforms only.
    for (const entry of store.images.index(descriptor.digest).manifests)
      if (existsSync(join(folder, "blobs/sha256", hexOf(entry.digest)))) await takeFrom(store, folder, entry);
  } else if (isManifestType(descriptor.mediaType)) {
    const { config, layers } = store.images.manifest(descriptor.digest);
    for (const blob of [config, ...layers]) await takeFrom(store, folder, blob);
  }
}

function entriesOf(file: string): readonly Descriptor[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Index).manifests : [];
}
