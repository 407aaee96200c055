/** What builds have in common that are the same build again. */
import { resolve } from "node:path";
import { type Digest, digestOf } from "../core/index.ts";
import type { Vertex } from "../graph/index.ts";
import { formatPlatform, type Platform } from "../oci/index.ts";
import type { TreeSource } from "../tree/index.ts";
import type { BuildOptions } from "./build-options.ts";
import { isRemote } from "./context-remote.ts";
import type { BuildContexts } from "./contexts.ts";

/**
 * The same for builds of one Dockerfile in one context for the same platforms.
 * A context that came as a stream has no name; builds of those go by their first tag.
 */
export function buildId(options: BuildOptions, contexts: BuildContexts, platforms: readonly Platform[]): Digest {
  const { context, cwd = process.cwd(), tags = [] } = options;
  const place = typeof context !== "string" ? ["stream", tags[0] ?? ""] : isRemote(context) ? [context] : [resolve(cwd, context)];
  return digestOf([place, contexts.source.name, ...platforms.map(formatPlatform)]);
}

/** Where the files of a context lie; undefined for what is no context. */
export function folderOf(vertex: Vertex, contexts: BuildContexts): TreeSource | undefined {
  if ("step" in vertex || vertex.source.kind !== "context") return undefined;
  const folder = contexts.folders.get(vertex.source.name);
  return folder && { kind: "folder", root: folder.root, ignore: folder.ignore };
}
