/** Where the result of a build goes. */
import { createReadStream, createWriteStream, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { saveImages as writeArchive } from "../image/index.ts";
import type { Descriptor } from "../oci/index.ts";
import { foldersOf, type Snapshot } from "../solve/index.ts";
import { temporaryName } from "../store/index.ts";
import { offload } from "../tree/index.ts";
import type { Workbench } from "./workbench.ts";

export type Output =
  /** Into the store, under the build's names. */
  | { readonly type: "image" }
  /** A tar that is an OCI layout and has docker's manifest.json: a file's path, or a stream. */
  | { readonly type: "oci" | "docker"; readonly dest: string | Writable }
  /** The files of the result in a folder, over what is there. */
  | { readonly type: "local"; readonly dest: string }
  /** The files of the result as a tar: a file's path, or a stream. */
  | { readonly type: "tar"; readonly dest: string | Writable }
  /** Nowhere: only the cache is filled. */
  | { readonly type: "cacheonly" };

/** What there is to write. */
export interface Written {
  readonly bench: Workbench;
  readonly descriptor: Descriptor;
  readonly snapshot: Snapshot;
  /** Familiar names with tags. */
  readonly names: readonly string[];
}

export async function writeOutput(output: Output, written: Written): Promise<void> {
  const { bench, descriptor, names } = written;
  switch (output.type) {
    case "cacheonly":
      return;
    case "image":
      return bench.store.images.tag(descriptor, names);
    case "local":
      mkdirSync(output.dest, { recursive: true });
      return flatten(written, output.dest);
    case "tar":
      return writeTar(written, streamTo(output.dest));
    default:
      return writeArchive(bench.store, [{ descriptor, names }], streamTo(output.dest));
  }
}

function streamTo(dest: string | Writable): Writable {
  return typeof dest === "string" ? createWriteStream(dest) : dest;
}

async function writeTar(written: Written, out: Writable): Promise<void> {
  const temporary = temporaryName(written.bench.store.paths);
  const folder = join(temporary, "files");
  mkdirSync(folder, { recursive: true });
  try {
    await flatten(written, folder);
    await offload("packLayer", { folder, file: join(temporary, "tar") });
    await pipeline(createReadStream(join(temporary, "tar")), out);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Lays all layers into one folder. */
async function flatten({ bench, snapshot }: Written, folder: string): Promise<void> {
  const source = { kind: "layers", folders: foldersOf(bench.store, snapshot) } as const;
  if (snapshot.length === 0) return;
  const whole = {
    source: "/",
    wildcard: false,
    followLinks: false,
    contentsOnly: true,
    unpack: "never",
    parents: false,
  } as const;
  await offload("copyFiles", {
    parts: [{ source, action: { ...whole, exclude: [], ignoreMissing: false } }],
    dest: "/",
    layer: folder,
    below: [],
  });
}
