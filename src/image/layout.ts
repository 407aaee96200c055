/** Images into a folder that is an OCI image layout, beside what it holds already. */
import { constants, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hexOf } from "../core/index.ts";
import { type Descriptor, type Index, MEDIA } from "../oci/index.ts";
import { blobMissing, type Store } from "../store/index.ts";
import { blobsOf, indexOf, type SavedImage } from "./save.ts";

const REF_NAME = "org.opencontainers.image.ref.name";

/** An image of a name that is there takes its place. Throws BLOB_MISSING. */
export function saveLayout(store: Store, images: readonly SavedImage[], folder: string): void {
  const blobs = join(folder, "blobs/sha256");
  mkdirSync(blobs, { recursive: true });
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

function entriesOf(file: string): readonly Descriptor[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Index).manifests : [];
}
