/** Where the result of a build goes. */
import { join } from "node:path";
import type { Writable } from "node:stream";
import type { OnProgress } from "../core/index.ts";
import { type Annotation, convertImage, type ImageForm, saveLayout, saveImages as writeArchive } from "../image/index.ts";
import {
  type Compression,
  type Descriptor,
  familiarName,
  formatPlatform,
  type Platform,
  parseReference,
  withDefaultTag,
} from "../oci/index.ts";
import { foldersOf, type Snapshot } from "../solve/index.ts";
import { makeFolders, setTimesOf } from "../tree/index.ts";
import { flatten, streamTar, toDest, toFolder } from "./flatten.ts";
import { pushImage } from "./push.ts";
import type { Workbench } from "./workbench.ts";

/** How an output writes an image. */
export interface ImageOutput {
  /** Names of this output, for a build that has no `tags`. */
  readonly names?: readonly string[];
  /** Of the layers made here; base layers keep theirs. `none` in the store, `gzip` in `oci` and in registries if left out. */
  readonly compression?: Compression;
  /** 0 to 9 for gzip, 1 to 22 for zstd. */
  readonly compressionLevel?: number;
  /** Base layers are compressed anew as well. */
  readonly forceCompression?: boolean;
  /** False: Docker's media types. */
  readonly ociMediaTypes?: boolean;
  readonly annotations?: readonly Annotation[];
  /** Times of files in the new layers that are later than SOURCE_DATE_EPOCH become it; without one nothing changes. */
  readonly rewriteTimestamp?: boolean;
}

export type Output =
  /** Into the store, under the build's names; unless `store` is false. */
  | (ImageOutput & {
      readonly type: "image";
      readonly store?: boolean;
      /** To the registries that the build's names tell. */
      readonly push?: boolean;
      /** Pushed without the tag. */
      readonly byDigest?: boolean;
    })
  /** An OCI layout that has docker's manifest.json: a tar as a file or a stream, or a folder if `tar` is false. */
  | (ImageOutput & { readonly type: "oci" | "docker"; readonly dest: string | Writable; readonly tar?: boolean })
  /** The files of the result in a folder, over what is there. Of several platforms each gets a folder, unless `platformSplit` is false. */
  | { readonly type: "local"; readonly dest: string; readonly platformSplit?: boolean }
  /** The files of the result as a tar: a file's path, or a stream. */
  | { readonly type: "tar"; readonly dest: string | Writable; readonly platformSplit?: boolean }
  /** Nowhere: only the cache is filled. */
  | { readonly type: "cacheonly" };

/** What there is to write. */
export interface Written {
  readonly bench: Workbench;
  /** The image, or the index of several; with `clamped` its file times brought down to SOURCE_DATE_EPOCH. */
  readonly describe: (clamped: boolean) => Promise<Descriptor>;
  readonly results: readonly { readonly platform: Platform; readonly snapshot: Snapshot }[];
  /** SOURCE_DATE_EPOCH, if it is set: the time of every file that `local` and `tar` write, those of the base as well, as with BuildKit. */
  readonly epoch: number | undefined;
  /** No file that `tar` writes is later, in seconds since the epoch. */
  readonly latest: number | undefined;
  /** Familiar names with tags. */
  readonly names: readonly string[];
  /** For every output that is an image. */
  readonly annotations: readonly Annotation[];
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

/** Writes one output. Returns the image as it was written, or pushed, if it was one. Throws OUTPUT_FAILED and what pushes throw. */
export async function writeOutput(output: Output, written: Written): Promise<Descriptor | undefined> {
  if (output.type === "cacheonly") return undefined;
  if (output.type === "local") {
    await toFolder(output.dest, () => writeFolder(written, output.dest, output.platformSplit));
    return undefined;
  }
  if (output.type === "tar") {
    await toDest(output.dest, (out) => writeTar(written, out, output.platformSplit));
    return undefined;
  }
  const { bench } = written;
  const names = namesOf(output, written.names);
  const descriptor = await convertImage(
    bench.store,
    await written.describe(output.rewriteTimestamp === true),
    formOf(output, written.annotations),
  );
  if (output.type === "image") {
    if (output.store !== false) await bench.store.images.tag(descriptor, names);
    if (output.push) return push(descriptor, names, output, written);
  } else if (output.tar === false && typeof output.dest === "string") {
    const { dest } = output;
    await toFolder(dest, async () => saveLayout(bench.store, [{ descriptor, names }], dest));
  } else {
    await toDest(output.dest, (out) => writeArchive(bench.store, [{ descriptor, names }], out));
  }
  return descriptor;
}

/** Familiar names of an output: the build's, or else its own. */
export function namesOf(output: Output, tags: readonly string[]): readonly string[] {
  if (tags.length > 0 || !("names" in output)) return tags;
  return (output.names ?? []).map((name) => familiarName(withDefaultTag(parseReference(name))));
}

function formOf(output: Extract<Output, ImageOutput>, common: readonly Annotation[]): ImageForm {
  const { compressionLevel, forceCompression, ociMediaTypes } = output;
  const compression = output.compression ?? (output.type === "oci" ? "gzip" : undefined);
  const annotations = [...common, ...(output.annotations ?? [])];
  return {
    ...(compression ? { compression } : {}),
    ...(compressionLevel === undefined ? {} : { level: compressionLevel }),
    ...(forceCompression ? { force: true } : {}),
    ...(ociMediaTypes === undefined ? {} : { ociMediaTypes }),
    ...(annotations.length > 0 ? { annotations } : {}),
  };
}

async function push(
  descriptor: Descriptor,
  names: readonly string[],
  { byDigest = false, compression }: { readonly byDigest?: boolean; readonly compression?: Compression },
  { bench, signal, onProgress }: Written,
): Promise<Descriptor> {
  const id = "push";
  let sent = descriptor;
  for (const name of names) {
    onProgress({ type: "vertex", id, name: `pushing ${name}`, state: "running", time: Date.now() });
    const options = { descriptor, byDigest, signal, onProgress, ...(compression ? { compression } : {}) };
    ({ descriptor: sent } = await pushImage(bench, name, options));
    onProgress({ type: "vertex", id, name: `pushing ${name}`, state: "done", time: Date.now() });
  }
  return sent;
}

async function writeFolder(written: Written, dest: string, split: boolean | undefined): Promise<void> {
  const { results, bench, epoch } = written;
  for (const { platform, snapshot } of results) {
    const own = (split ?? results.length > 1) ? join(dest, formatPlatform(platform).replaceAll("/", "_")) : dest;
    makeFolders(own);
    const folders = foldersOf(bench.store, snapshot);
    await flatten(folders, own);
    if (epoch !== undefined) setTimesOf({ kind: "layers", folders }, own, epoch);
  }
}

async function writeTar(written: Written, out: Writable, split: boolean | undefined): Promise<void> {
  await streamTar(written.bench, out, (folder) => writeFolder(written, folder, split), written.latest);
}
