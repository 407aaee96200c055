/** Where the result of a build goes. */
import { createWriteStream } from "node:fs";
import type { Writable } from "node:stream";
import { saveImages as writeArchive } from "../image/index.ts";
import type { Descriptor } from "../oci/index.ts";
import type { Workbench } from "./workbench.ts";

export type Output =
  /** Into the store, under the build's names. */
  | { readonly type: "image" }
  /** A tar that is an OCI layout and has docker's manifest.json: a file's path, or a stream. */
  | { readonly type: "oci" | "docker"; readonly dest: string | Writable }
  /** Nowhere: only the cache is filled. */
  | { readonly type: "cacheonly" };

/** What there is to write. */
export interface Written {
  readonly bench: Workbench;
  readonly descriptor: Descriptor;
  /** Familiar names with tags. */
  readonly names: readonly string[];
}

export async function writeOutput(output: Output, { bench, descriptor, names }: Written): Promise<void> {
  if (output.type === "cacheonly") return;
  if (output.type === "image") return bench.store.images.tag(descriptor, names);
  const out = typeof output.dest === "string" ? createWriteStream(output.dest) : output.dest;
  await writeArchive(bench.store, [{ descriptor, names }], out);
}
