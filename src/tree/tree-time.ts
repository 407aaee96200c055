import { lutimesSync } from "./host-files.ts";
import { type Node, openView, type TreeSource } from "./view.ts";

/** Gives a folder and all below it one time, in seconds since the epoch. */
export function setTreeTime(folder: string, seconds: number): void {
  setTimesOf({ kind: "folder", root: folder, ignore: [] }, folder, seconds);
  lutimesSync(folder, seconds, seconds);
}

/** Gives one time, in seconds since the epoch, to the files of a tree that was laid into a folder, and to no others there. */
export function setTimesOf(tree: TreeSource, folder: string, seconds: number): void {
  const view = openView(tree);
  const setBelow = (directory: Node): void => {
    for (const node of view.list(directory)) {
      if (node.stat.isDirectory()) setBelow(node);
      lutimesSync(`${folder}/${node.path}`, seconds, seconds);
    }
  };
  const root = view.lookup("");
  if (root) setBelow(root);
}
