/** The files of stacked layers as one tree: in a folder, or as a tar. */
import { createReadStream, createWriteStream, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { temporaryName, writeError } from "../store/index.ts";
import { offload } from "../tree/index.ts";
import { outputFailed } from "./errors.ts";
import type { Workbench } from "./workbench.ts";

/** A copy that takes what it finds as it is. */
export const PLAIN_COPY = {
  wildcard: false,
  followLinks: false,
  contentsOnly: false,
  unpack: "never",
  parents: false,
  exclude: [],
  ignoreMissing: false,
} as const;

/** Lays all layers, bottom to top, into one folder, over what is there. */
export async function flatten(folders: readonly string[], folder: string): Promise<void> {
  if (folders.length === 0) return;
  const source = { kind: "layers", folders } as const;
  const parts = [{ source, action: { ...PLAIN_COPY, source: "/", contentsOnly: true } }];
  await offload("copyFiles", { parts, dest: "/", layer: folder, over: true, below: [] });
}

/** Writes what `fill` puts into an empty folder as a tar. Times after `latest`, in seconds since the epoch, become it. */
export async function streamTar(
  bench: Workbench,
  out: Writable,
  fill: (folder: string) => Promise<void>,
  latest?: number,
): Promise<void> {
  const temporary = temporaryName(bench.store.paths);
  const folder = join(temporary, "files");
  mkdirSync(folder, { recursive: true });
  try {
    try {
      await fill(folder);
      await offload("packLayer", { folder, file: join(temporary, "tar"), ...(latest === undefined ? {} : { latest }) });
    } catch (error) {
      throw writeError(bench.store.paths, error);
    }
    await pipeline(createReadStream(join(temporary, "tar")), out);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Writes to a stream, or to a file that appears when it is whole. Throws OUTPUT_FAILED. */
export async function toDest(dest: string | Writable, write: (out: Writable) => Promise<void>): Promise<void> {
  if (typeof dest !== "string") return write(dest);
  const temporary = join(dirname(dest), `.${process.pid}.slipway-output`);
  try {
    await write(createWriteStream(temporary));
    renameSync(temporary, dest);
  } catch (error) {
    rmSync(temporary, { force: true });
    if ((error as NodeJS.ErrnoException).syscall) throw outputFailed(dest, error);
    throw error;
  }
}

/** Writes to a folder. Throws OUTPUT_FAILED. */
export async function toFolder(dest: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall) throw outputFailed(dest, error);
    throw error;
  }
}
