/**
 * Images as one tar that everybody reads: an OCI image layout which holds docker's
 * manifest.json as well. The same images give the same bytes.
 */
import { createReadStream } from "node:fs";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { type Digest, hexOf } from "../core/index.ts";
import { type Descriptor, type Index, isIndexType, MEDIA } from "../oci/index.ts";
import { blobMissing, type Store } from "../store/index.ts";
import { encodeHeader, padding } from "../tree/index.ts";

/** An image with the names it is saved under: familiar, with tags. */
export interface SavedImage {
  readonly descriptor: Descriptor;
  readonly names: readonly string[];
}

/** Writes the tar and ends the stream. Throws BLOB_MISSING before anything is written. */
export async function saveImages(store: Store, images: readonly SavedImage[], out: Writable): Promise<void> {
  const blobs = blobsOf(store, images);
  for (const blob of blobs) if (!store.blobs.has(blob)) throw blobMissing(blob);
  const done = finished(out);
  done.catch(() => {});
  const sorted = [...blobs].sort();
  for (const folder of ["blobs", "blobs/sha256"]) await write(out, encodeHeader(entry(folder, 0, "directory")));
  for (const digest of sorted) await writeBlob(store, digest, out);
  const files: [string, unknown][] = [
    ["index.json", indexOf(images)],
    ["manifest.json", images.flatMap((image) => dockerEntry(store, image) ?? [])],
    ["oci-layout", { imageLayoutVersion: "1.0.0" }],
    ["repositories", repositoriesOf(store, images)],
  ];
  for (const [name, value] of files) {
    const bytes = Buffer.from(JSON.stringify(value));
    await write(out, Buffer.concat([encodeHeader(entry(name, bytes.length)), bytes, Buffer.alloc(padding(bytes.length))]));
  }
  out.end(Buffer.alloc(1024));
  await done;
}

/** Every blob that the images are made of. Throws BLOB_MISSING for a manifest that is not there. */
export function blobsOf(store: Store, images: readonly SavedImage[]): Set<Digest> {
  const blobs = new Set<Digest>();
  for (const { descriptor } of images) collect(store, descriptor, blobs);
  return blobs;
}

function collect(store: Store, descriptor: Descriptor, blobs: Set<Digest>): void {
  blobs.add(descriptor.digest);
  if (isIndexType(descriptor.mediaType)) {
    for (const manifest of store.images.index(descriptor.digest).manifests) collect(store, manifest, blobs);
    return;
  }
  const { config, layers } = store.images.manifest(descriptor.digest);
  for (const { digest } of [config, ...layers]) blobs.add(digest);
}

/** The images as the index of a layout lists them, an entry a name. */
export function indexOf(images: readonly SavedImage[]): Index {
  const manifests = images.flatMap(({ descriptor, names }): Descriptor[] => {
    if (names.length === 0) return [descriptor];
    return names.map((name) => ({
      ...descriptor,
      annotations: {
        ...descriptor.annotations,
        "io.containerd.image.name": fullName(name),
        "org.opencontainers.image.ref.name": tagOf(name),
      },
    }));
  });
  return { schemaVersion: 2, mediaType: MEDIA.index, manifests };
}

/** What `docker load` reads. */
function dockerEntry(store: Store, { descriptor, names }: SavedImage): unknown {
  if (isIndexType(descriptor.mediaType)) return undefined;
  const { config, layers } = store.images.manifest(descriptor.digest);
  return { Config: pathOf(config.digest), RepoTags: names, Layers: layers.map((layer) => pathOf(layer.digest)) };
}

function repositoriesOf(store: Store, images: readonly SavedImage[]): Record<string, Record<string, string>> {
  const repositories: Record<string, Record<string, string>> = {};
  for (const { descriptor, names } of images) {
    if (isIndexType(descriptor.mediaType)) continue;
    const top = store.images.manifest(descriptor.digest).layers.at(-1);
    for (const name of names) {
      const repository = name.slice(0, name.length - tagOf(name).length - 1);
      repositories[repository] = { ...repositories[repository], [tagOf(name)]: top ? hexOf(top.digest) : "" };
    }
  }
  return repositories;
}

function tagOf(name: string): string {
  return name.slice(name.lastIndexOf(":") + 1);
}

function fullName(name: string): string {
  const first = name.split("/")[0] ?? "";
  if (name.includes("/") && /[.:]|^localhost$/.test(first)) return name;
  return name.includes("/") ? `docker.io/${name}` : `docker.io/library/${name}`;
}

function pathOf(digest: Digest): string {
  return `blobs/sha256/${hexOf(digest)}`;
}

function entry(path: string, size: number, type: "file" | "directory" = "file"): Parameters<typeof encodeHeader>[0] {
  return { path, type, mode: type === "file" ? 0o644 : 0o755, uid: 0, gid: 0, size, mtimeNs: 0n };
}

async function writeBlob(store: Store, digest: Digest, out: Writable): Promise<void> {
  const size = store.blobs.size(digest) ?? 0;
  await write(out, encodeHeader(entry(pathOf(digest), size)));
  for await (const chunk of createReadStream(store.blobs.path(digest), { highWaterMark: 1 << 20 }))
    await write(out, chunk as Buffer);
  if (padding(size) > 0) await write(out, Buffer.alloc(padding(size)));
}

async function write(out: Writable, bytes: Buffer): Promise<void> {
  if (out.destroyed) throw out.errored ?? new Error("the output was closed");
  if (out.write(bytes)) return;
  await new Promise<void>((resolve, reject) => {
    const clean = (): void => {
      out.off("drain", onDrain);
      out.off("error", onError);
      out.off("close", onClose);
    };
    const onDrain = (): void => {
      clean();
      resolve();
    };
    const onError = (error: Error): void => {
      clean();
      reject(error);
    };
    const onClose = (): void => onError(new Error("the output was closed"));
    out.on("drain", onDrain);
    out.on("error", onError);
    out.on("close", onClose);
  });
}
