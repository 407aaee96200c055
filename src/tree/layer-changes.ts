/** What a layer changes in those below it, as `docker diff` tells it. */
import { lstatSync, readdirSync } from "./host-files.ts";
import { inByteOrder } from "./pack.ts";
import { type Node, openView, type View } from "./view.ts";
import { isOpaque, isWhiteout } from "./whiteout.ts";

export interface LayerChange {
  readonly kind: "added" | "changed" | "deleted";
  /** Absolute. */
  readonly path: string;
}

/** In the order of the paths; of a folder that is deleted as a whole only the folder. `below` has the folders of the layers, bottom to top. */
export function layerChanges(layer: string, below: readonly string[]): LayerChange[] {
  const changes: LayerChange[] = [];
  const view = openView({ kind: "layers", folders: below });
  compareFolder(layer, "", view.lookup("/"), view, changes);
  return changes;
}

function compareFolder(layer: string, path: string, before: Node | undefined, view: View, changes: LayerChange[]): void {
  const host = `${layer}${path}`;
  const old = new Map(before?.stat.isDirectory() ? view.list(before).map((node) => [nameOf(node), node]) : []);
  const own = readdirSync(host);
  const hidden = path !== "" && isOpaque(host) ? [...old.keys()] : [];
  for (const name of inByteOrder([...new Set([...own, ...hidden])])) {
    const inside = `${path}/${name}`;
    const known = old.get(name);
    const stat = lstatSync(`${layer}${inside}`, { bigint: true, throwIfNoEntry: false });
    if (!stat || isWhiteout(stat)) {
      if (known) changes.push({ kind: "deleted", path: inside });
      continue;
    }
    changes.push({ kind: known ? "changed" : "added", path: inside });
    if (stat.isDirectory()) compareFolder(layer, inside, known, view, changes);
  }
}

function nameOf({ path }: Node): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
