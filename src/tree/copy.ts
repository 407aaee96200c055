/** COPY and ADD: files of one tree laid over another, which is not mounted. The rules are those of BuildKit's fileop. */
import { rmSync } from "node:fs";
import { posix } from "node:path";
import { detectArchive } from "./archive.ts";
import type { CompressionKind } from "./compress.ts";
import type { DraftFolder } from "./draft.ts";
import { directoryOverFile } from "./errors.ts";
import { layAndPackDraft, layDraft } from "./lay.ts";
import { parseMode } from "./mode.ts";
import { type Packed, packDraft } from "./pack.ts";
import { compilePatterns, type Patterns } from "./pattern.ts";
import { ifThere, type Selected, selectSources } from "./select.ts";
import { Target } from "./target.ts";
import { unpackOver } from "./unpack-over.ts";
import { cleanPath, type Node, openView, type TreeSource, type View } from "./view.ts";

/** Files of one tree, as one action of a COPY or ADD takes them; the action's shape is the graph's. */
export interface CopyPart {
  readonly source: TreeSource;
  readonly action: {
    readonly source: string;
    readonly wildcard: boolean;
    readonly followLinks: boolean;
    readonly contentsOnly: boolean;
    readonly unpack: "never" | "auto" | "always";
    readonly parents: boolean;
    readonly exclude: readonly string[];
    readonly ignoreMissing: boolean;
    readonly defaultMode?: number;
  };
}

export interface CopyOptions {
  /** One after the other: a later one sees what an earlier one has put there. */
  readonly parts: readonly CopyPart[];
  /** Absolute; a slash at the end says that it is a folder. */
  readonly dest: string;
  /** That of the source if left out. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  readonly mode?: string;
  /** Folders of the layers below, bottom to top. */
  readonly below: readonly string[];
}

/**
 * Copies into the empty folder of a layer, or `over` what a folder of the host holds; with `file` into
 * the layer's tar in the same pass. Throws COPY_*, FILE_UNREADABLE, FILE_CHANGED, ARCHIVE_*.
 */
export async function copyFiles(
  options: CopyOptions & { readonly layer: string; readonly over?: boolean; readonly file?: string },
): Promise<Packed | undefined> {
  const unpacked = `${options.layer}.unpacked`;
  try {
    const draft = await drafted(options, unpacked);
    if (options.file !== undefined) return layAndPackDraft(draft, options.layer, options.file);
    layDraft(draft, options.layer, options.over);
    return undefined;
  } finally {
    // Beside a folder of the host there may be another one of that name, and nothing was unpacked.
    if (!options.over) rmSync(unpacked, { recursive: true, force: true });
  }
}

/** Copies into the tar of a layer that nobody works on. Throws COPY_*, FILE_UNREADABLE, FILE_CHANGED, ARCHIVE_*. */
export async function packCopies(options: CopyOptions & { readonly file: string }): Promise<Packed> {
  const unpacked = `${options.file}.unpacked`;
  try {
    return packDraft(await drafted(options, unpacked), options.file);
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
}

/** Decides what goes where. Archives are unpacked below `unpacked`. */
async function drafted(options: CopyOptions, unpacked: string): Promise<DraftFolder> {
  const mode = options.mode === undefined ? undefined : parseMode(options.mode);
  const target = new Target(options.below, { owner: options.owner, mode });
  const extracted = new Target(options.below, { owner: options.owner }, target.draft);
  for (const { source, action } of options.parts) {
    const view = openView(source);
    const excluded = action.exclude.length > 0 ? compilePatterns(action.exclude) : undefined;
    // A pivot (`/./`) says where the part of the path that --parents keeps begins.
    const pivot = action.source.indexOf("/./");
    for (const selected of chosen(view, action)) {
      if (action.parents) {
        const above = pivot < 0 ? "" : cleanPath(action.source.slice(0, pivot));
        copyWithParents(view, selected, above, options.dest, target, excluded);
        continue;
      }
      const archive = archiveIn(selected, action);
      if (archive) await unpackOver({ ...archive, dest: options.dest, target: extracted, beside: unpacked });
      else copyOne(view, selected, options.dest, action, target, excluded);
    }
    target.nextAction();
  }
  return target.draft;
}

type Action = CopyPart["action"];

/** ADD unpacks what is an archive by its content. */
function archiveIn({ node }: Selected, action: Action): { file: string; compression: CompressionKind } | undefined {
  if (action.unpack === "never" || !node.stat.isFile()) return undefined;
  const compression = detectArchive(node.host);
  return compression && { file: node.host, compression };
}

function chosen(view: View, action: Action): Selected[] {
  const source = action.source.replace("/./", "/");
  const select = (): Selected[] => selectSources(view, source, action.wildcard, action.followLinks, action.parents);
  return action.ignoreMissing ? ifThere(select) : select();
}

function copyOne(
  view: View,
  { asked, node }: Selected,
  dest: string,
  action: Action,
  target: Target,
  excluded: Patterns | undefined,
): void {
  const into = dest.endsWith("/");
  const path = target.resolve(dest);
  if (node.stat.isDirectory() && action.contentsOnly) {
    if (target.isFile(path)) throw directoryOverFile(`/${path}`);
    target.makeDirectory(path);
    // A root has no time of its own: a layer's tar has no entry for it.
    if (node.path !== "") target.takeTime(path, node);
    copyContents(view, node, path, target, excluded, "");
    return;
  }
  const folder = into || target.isDirectory(path);
  const name = posix.basename(asked);
  copyTree(view, node, folder ? join(path, name) : path, target, excluded, "");
}

/** Copies a file or folder to a path. `inside` is where it is below the source, for --exclude. */
function copyTree(view: View, node: Node, path: string, target: Target, excluded: Patterns | undefined, inside: string): void {
  if (!node.stat.isDirectory()) {
    target.putFile(path, node, view);
    return;
  }
  if (target.isFile(path)) throw directoryOverFile(`/${path}`);
  target.makeDirectory(path, node, view);
  copyContents(view, node, path, target, excluded, inside);
}

function copyContents(
  view: View,
  node: Node,
  path: string,
  target: Target,
  excluded: Patterns | undefined,
  inside: string,
): void {
  for (const child of view.list(node)) {
    const name = posix.basename(child.path);
    const below = join(inside, name);
    if (excluded?.ignores(below) && !(child.stat.isDirectory() && excluded.mayContain(below))) continue;
    copyTree(view, child, join(path, name), target, excluded, below);
  }
}

function copyWithParents(
  view: View,
  { asked, node }: Selected,
  pivot: string,
  dest: string,
  target: Target,
  excluded: Patterns | undefined,
): void {
  const kept = pivot === "" ? asked : asked.slice(pivot.length + 1);
  let path = target.resolve(dest);
  target.makeDirectory(path);
  const parts = kept.split("/").filter(Boolean);
  const inside = node.stat.isDirectory() ? parts : parts.slice(0, -1);
  let at = pivot;
  for (const part of inside) {
    at = join(at, part);
    path = join(path, part);
    const folder = view.lookup(view.resolve(at));
    target.makeDirectory(path, folder, view);
  }
  if (node.stat.isDirectory()) copyContents(view, node, path, target, excluded, "");
  else copyTree(view, node, join(path, parts.at(-1) ?? posix.basename(asked)), target, excluded, "");
}

/** WORKDIR: a directory and those above it, where they are missing; one that is there leaves the layer empty. Throws COPY_NOT_A_DIRECTORY. */
export function makeDirectory(options: {
  readonly path: string;
  readonly layer: string;
  readonly below: readonly string[];
  readonly owner?: { readonly uid: number; readonly gid: number };
}): void {
  const target = new Target(options.below, { owner: options.owner });
  const path = target.resolve(options.path);
  if (target.isDirectory(path)) return;
  target.makeDirectory(path);
  layDraft(target.draft, options.layer);
}

function join(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
