/** Files of an image that a container cannot see, since a folder of the host lies over them. */
import { SlipwayError } from "../core/index.ts";
import type { HiddenFiles } from "../lint/index.ts";
import { foldersOf, type Snapshot } from "../solve/index.ts";
import type { ContainerMount, Store } from "../store/index.ts";
import { type Node, openView, type View } from "../tree/index.ts";

/** More are not counted. */
const MOST = 1000;

/** Of each bind that lies over a folder with files. A file that is put over a file stands for it, and hides nothing. */
export function hiddenFiles(store: Store, layers: Snapshot, mounts: readonly ContainerMount[]): HiddenFiles[] {
  const binds = mounts.filter(({ type }) => type === "bind");
  if (binds.length === 0) return [];
  const view = openView({ kind: "layers", folders: foldersOf(store, layers) });
  return binds.flatMap(({ target }) => hiddenBelow(view, target) ?? []);
}

function hiddenBelow(view: View, target: string): HiddenFiles | undefined {
  try {
    const folder = view.lookup(view.resolve(target));
    if (!folder?.stat.isDirectory()) return undefined;
    const files: string[] = [];
    collect(view, folder, files);
    const [first] = files;
    if (first === undefined) return undefined;
    const example = first.slice(folder.path === "" ? 0 : folder.path.length + 1);
    return { target, count: Math.min(files.length, MOST), more: files.length > MOST, example };
  } catch (error) {
    // What cannot be read is no reason not to run.
    if (error instanceof SlipwayError) return undefined;
    throw error;
  }
}

/** The folder's own files come first, so that the one that is named is easily found. */
function collect(view: View, folder: Node, files: string[]): void {
  const folders: Node[] = [];
  for (const node of view.list(folder)) {
    if (files.length > MOST) return;
    if (node.stat.isDirectory()) folders.push(node);
    else files.push(node.path);
  }
  for (const below of folders) if (files.length <= MOST) collect(view, below, files);
}
