/** The files of a container, whether its process runs, has ended or never began. Volumes and mounts are not among them. */
import { mkdirSync, statSync } from "node:fs";
import { basename, dirname, join, posix, resolve } from "node:path";
import type { Writable } from "node:stream";
import { foldersOf } from "../solve/index.ts";
import { type LayerChange, layerChanges, offload, openView } from "../tree/index.ts";
import { findContainer } from "./containers.ts";
import { containerFileMissing, copyDestInvalid } from "./errors.ts";
import { flatten, PLAIN_COPY, streamTar, toDest } from "./flatten.ts";
import type { Workbench } from "./workbench.ts";

/** All files of a container as a tar: a file's path, or a stream. Throws CONTAINER_NOT_FOUND, OUTPUT_FAILED. */
export async function exportContainer(bench: Workbench, name: string, dest: string | Writable): Promise<void> {
  const folders = filesOf(bench, name);
  await toDest(dest, (out) => streamTar(bench, out, (folder) => flatten(folders, folder)));
}

/** What the process of a container has changed in the files of its image. Throws CONTAINER_NOT_FOUND. */
export function containerChanges(bench: Workbench, name: string): LayerChange[] {
  const folders = filesOf(bench, name);
  return layerChanges(folders.at(-1) as string, folders.slice(0, -1));
}

export interface CopyFromOptions {
  /** In the container; with `/.` at the end the contents of a folder. */
  readonly source: string;
  /** A path of the host, or a stream that gets a tar. */
  readonly dest: string | Writable;
  /** Copies what a link leads to instead of the link. */
  readonly followLink?: boolean;
  /** Keeps the owners; else the files are the caller's. */
  readonly keepOwner?: boolean;
}

/**
 * Copies a file or folder out of a container, with the rules of `docker cp`: into the
 * destination if that is a folder, else to it. Throws CONTAINER_NOT_FOUND,
 * CONTAINER_FILE_MISSING, COPY_DEST_INVALID.
 */
export async function copyFromContainer(bench: Workbench, name: string, options: CopyFromOptions): Promise<void> {
  const folders = filesOf(bench, name);
  const { dest, followLink = false, keepOwner = false } = options;
  const view = openView({ kind: "layers", folders });
  const path = posix.resolve("/", options.source);
  const found = view.lookup(view.resolve(path, followLink));
  if (!found) throw containerFileMissing(options.source, name);
  const isFolder = found.stat.isDirectory();
  const contents = isFolder && (path === "/" || /\/\.$/.test(options.source));
  const owner = keepOwner ? {} : { owner: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 } };
  const copy = async (layer: string, to: string, contentsOnly: boolean): Promise<void> => {
    const action = { ...PLAIN_COPY, source: path, followLinks: followLink, contentsOnly };
    const parts = [{ source: { kind: "layers", folders }, action } as const];
    await offload("copyFiles", { parts, dest: to, layer, over: true, below: [], ...owner });
  };
  if (typeof dest !== "string") {
    const tar = (folder: string): Promise<void> => copy(folder, contents ? "/" : `/${posix.basename(path)}`, contents);
    await streamTar(bench, dest, tar);
    return;
  }
  const place = placeFor(dest, isFolder);
  if (place === "into") await copy(resolve(dest), contents ? "/" : `/${posix.basename(path)}`, contents);
  else {
    const target = resolve(dest);
    if (isFolder) mkdirSync(target);
    await copy(isFolder ? target : dirname(target), isFolder ? "/" : `/${basename(target)}`, isFolder);
  }
}

/** Whether the files go into a folder that is there, or get a new name. */
function placeFor(dest: string, isFolder: boolean): "into" | "as" {
  const stat = statSync(dest, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return "into";
  if (stat && isFolder) throw copyDestInvalid("cannot copy directory");
  if (!stat && dest.endsWith("/") && !isFolder) throw copyDestInvalid("no such directory");
  if (!statSync(dirname(resolve(dest)), { throwIfNoEntry: false })?.isDirectory())
    throw copyDestInvalid(`invalid output path: directory ${JSON.stringify(dirname(dest))} does not exist`);
  return "as";
}

/** The folders of its layers, bottom to top; the last is its own. */
function filesOf(bench: Workbench, name: string): string[] {
  const { store } = bench;
  const { id, layers } = findContainer(bench, name);
  return [...foldersOf(store, layers), join(store.containers.home(id), "fs")];
}
