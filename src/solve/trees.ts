/** Snapshots and contexts as the tree folder reads them. */
import { bug, type Digest } from "../core/index.ts";
import type { Store } from "../store/index.ts";
import { openView, type TreeSource, type View } from "../tree/index.ts";
import type { TreeId } from "./worker.ts";

/** A build context that lies in a folder of the host. */
export interface ContextFolder {
  readonly root: string;
  /** Patterns of the ignore file, in order. */
  readonly ignore: readonly string[];
  /** Files keep their owners (a context that came as a tar); otherwise they are root's. */
  readonly keepOwners?: boolean;
  /** File of its stat cache. */
  readonly statCache: string;
}

/** Where the files of a tree lie. */
export function sourceOf(store: Store, contexts: ReadonlyMap<string, ContextFolder>, tree: readonly TreeId[]): TreeSource {
  const first = tree[0];
  if (first?.startsWith("context:")) {
    const context = contexts.get(first.slice("context:".length));
    if (!context) throw bug(`no context ${first}`);
    const owner = context.keepOwners ? {} : { owner: { uid: 0, gid: 0 } };
    return { kind: "folder", root: context.root, ignore: context.ignore, ...owner };
  }
  return { kind: "layers", folders: foldersOf(store, tree as readonly Digest[]) };
}

/**
 * The folders of a snapshot's layers, bottom to top. A layer that occurs twice is listed where
 * it occurs last: that hides all that it says further below, and overlayfs takes no folder twice.
 */
export function foldersOf(store: Store, snapshot: readonly Digest[]): string[] {
  return snapshot.filter((layer, index) => snapshot.lastIndexOf(layer) === index).map((layer) => store.layers.folder(layer));
}

/** A file of a snapshot as text, links inside the root followed; undefined if there is none. */
export function readText(view: View, path: string): string | undefined {
  return view.readFile(path)?.toString("utf8");
}

/** The users and groups a snapshot knows. */
export function accountsOf(store: Store, snapshot: readonly Digest[]): { passwd: string | undefined; group: string | undefined } {
  const view = openView({ kind: "layers", folders: foldersOf(store, snapshot) });
  return { passwd: readText(view, "/etc/passwd"), group: readText(view, "/etc/group") };
}
