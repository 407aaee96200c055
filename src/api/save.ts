/** Images out of the store as one tar, and back. */
import { createWriteStream, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { loadArchive, type SavedImage, saveImages as writeArchive } from "../image/index.ts";
import { type Descriptor, familiarName, parseReference, withDefaultTag } from "../oci/index.ts";
import { imageNotFound, temporaryName, writeError } from "../store/index.ts";
import { detectCompression, headOf, plainChunks } from "../tree/index.ts";
import { archiveUnreadable, outputFailed } from "./errors.ts";
import { findLocal } from "./resolve-image.ts";
import type { Workbench } from "./workbench.ts";

/**
 * Writes images to a file or a stream. A file appears when it is whole. Throws IMAGE_NOT_FOUND, OUTPUT_FAILED.
 */
export async function saveImages(bench: Workbench, names: readonly string[], out: string | Writable): Promise<void> {
  const images = new Map<string, { descriptor: Descriptor; names: string[] }>();
  for (const name of names) {
    const descriptor = findLocal(bench.store, name);
    if (!descriptor) throw imageNotFound(name);
    const image = images.get(descriptor.digest) ?? { descriptor, names: [] };
    images.set(descriptor.digest, image);
    const familiar = nameOf(bench, name);
    if (familiar) image.names.push(familiar);
  }
  if (typeof out !== "string") return writeArchive(bench.store, [...images.values()], out);
  const target = resolve(out);
  const temporary = join(dirname(target), `.${process.pid}.slipway-save`);
  try {
    await writeArchive(bench.store, [...images.values()], createWriteStream(temporary));
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    if ((error as NodeJS.ErrnoException).syscall) throw outputFailed(out, error);
    throw error;
  }
}

/** The name under which an image is saved; none if it was asked for by its ID. */
function nameOf(bench: Workbench, name: string): string | undefined {
  try {
    const familiar = familiarName(withDefaultTag(parseReference(name)));
    return bench.store.images.byName(familiar) ? familiar : undefined;
  } catch {
    return undefined;
  }
}

/** Brings the images of a tar into the store; a path, or a stream. Throws ARCHIVE_*, TAR_DAMAGED. */
export async function loadImages(bench: Workbench, input: string | Readable, signal?: AbortSignal): Promise<SavedImage[]> {
  using _lock = await bench.store.use(signal);
  const temporary = temporaryName(bench.store.paths);
  mkdirSync(temporary);
  try {
    return await loadArchive(bench.store, await plainFile(input, temporary, signal));
  } catch (error) {
    throw writeError(bench.store.paths, error);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** The tar as a plain file: where it lies if it is one, spooled or decompressed otherwise. */
async function plainFile(input: string | Readable, temporary: string, signal: AbortSignal | undefined): Promise<string> {
  let file = join(temporary, "stdin");
  const options = signal ? { signal } : {};
  if (typeof input === "string") file = input;
  else await pipeline(input, createWriteStream(file), options);
  let head: Buffer;
  try {
    head = headOf(file, 16);
  } catch (error) {
    throw archiveUnreadable(file, error);
  }
  const compression = detectCompression(head);
  if (compression === "none") return file;
  const plain = join(temporary, "plain");
  await pipeline(plainChunks(file, compression, signal), createWriteStream(plain), options);
  return plain;
}
