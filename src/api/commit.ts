/** `commit`: an image from what a container has become. */
import { join } from "node:path";
import type { Digest } from "../core/index.ts";
import { assembleImage, layerFromFolder } from "../image/index.ts";
import { familiarName, parseReference, withDefaultTag } from "../oci/index.ts";
import { changeConfig } from "./change-config.ts";
import { findContainer } from "./containers.ts";
import type { Workbench } from "./workbench.ts";

export interface CommitOptions {
  /** A name for the image; without a tag `latest`. */
  readonly name?: string;
  readonly author?: string;
  readonly message?: string;
  /** Dockerfile instructions for the config: CMD, ENV, LABEL and their like. */
  readonly changes?: readonly string[];
  /** Milliseconds since the epoch; now if left out. */
  readonly time?: number;
}

/**
 * The layers of the container's image and one of what its process wrote; the config is
 * that of the container, as Docker has it. Volumes and mounts are not part of it.
 * Returns the image's ID. Throws CONTAINER_NOT_FOUND, DOCKERFILE_*, FILE_CHANGED.
 */
export async function commitContainer(bench: Workbench, container: string, options: CommitOptions = {}): Promise<Digest> {
  const { store } = bench;
  const { id, image, config, argv } = findContainer(bench, container);
  const name = options.name === undefined ? [] : [familiarName(withDefaultTag(parseReference(options.name)))];
  const changed = changeConfig(config, options.changes ?? []);
  using _lock = await store.use();
  const base = store.images.config(store.images.manifest(image.manifest).config.digest);
  const created = new Date(options.time ?? Date.now()).toISOString();
  const { author, message } = options;
  const descriptor = await assembleImage(store, {
    config: {
      ...(author ? { author } : {}),
      architecture: base.architecture,
      os: base.os,
      ...(base.variant ? { variant: base.variant } : {}),
      config: changed,
    },
    history: [
      ...(base.history ?? []).map((entry) => ({ entry, fromBase: true })),
      {
        entry: { created, created_by: argv.join(" "), ...(author ? { author } : {}), ...(message ? { comment: message } : {}) },
        fromBase: false,
      },
    ],
    base: image.manifest,
    layers: [await layerFromFolder(store, join(store.containers.home(id), "fs"))],
    created,
  });
  await store.images.tag(descriptor, name);
  return store.images.idOf(descriptor) as Digest;
}
