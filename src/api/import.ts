/** The tar of a root file system as an image of one layer. */
import { createWriteStream, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Digest, digestOf } from "../core/index.ts";
import { assembleImage } from "../image/index.ts";
import { familiarName, type Platform, parseReference, withDefaultTag } from "../oci/index.ts";
import { temporaryName, writeError } from "../store/index.ts";
import { detectCompression, headOf, offload } from "../tree/index.ts";
import { changeConfig } from "./change-config.ts";
import { archiveUnreadable } from "./errors.ts";
import type { Workbench } from "./workbench.ts";

export interface ImportOptions {
  /** A name for the image; without a tag `latest`. */
  readonly name?: string;
  /** Dockerfile instructions for the config: CMD, ENV, LABEL and their like. */
  readonly changes?: readonly string[];
  readonly message?: string;
  readonly platform?: Platform;
  readonly signal?: AbortSignal;
}

/** Returns the image's ID. `source` is a path or a stream. Throws ARCHIVE_*, TAR_DAMAGED, DOCKERFILE_*. */
export async function importImage(bench: Workbench, source: string | Readable, options: ImportOptions = {}): Promise<Digest> {
  const { store } = bench;
  const name = options.name === undefined ? [] : [familiarName(withDefaultTag(parseReference(options.name)))];
  const config = changeConfig({}, options.changes ?? []);
  using _lock = await store.use(options.signal);
  const temporary = temporaryName(store.paths);
  mkdirSync(temporary);
  try {
    const file = await spooled(source, temporary, options.signal);
    const layer = digestOf(["import", temporary]);
    await store.layers.make(layer, [], async ({ folder }) => {
      await offload("unpackArchive", { file, compression: detectCompression(headOf(file, 16)), folder }, options.signal);
      return undefined;
    });
    const { os, architecture, variant } = options.platform ?? bench.platform;
    const descriptor = await assembleImage(store, {
      config: { architecture, os, ...(variant ? { variant } : {}), config },
      history: [
        { entry: { comment: options.message ?? `Imported from ${typeof source === "string" ? source : "-"}` }, fromBase: false },
      ],
      layers: [layer],
    });
    await store.images.tag(descriptor, name);
    return store.images.idOf(descriptor) as Digest;
  } catch (error) {
    throw writeError(store.paths, error);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

async function spooled(source: string | Readable, temporary: string, signal: AbortSignal | undefined): Promise<string> {
  if (typeof source !== "string") {
    const file = join(temporary, "stdin");
    await pipeline(source, createWriteStream(file), signal ? { signal } : {});
    return file;
  }
  try {
    headOf(source, 1);
    return source;
  } catch (error) {
    throw archiveUnreadable(source, error);
  }
}
