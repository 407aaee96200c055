import type { CopyOptions } from "./copy.ts";
import type { TreeSource } from "./view.ts";

/** All that is below a path of a tree, for a folder of its own. */
export function allBelow(source: TreeSource, path: string): CopyOptions {
  const action = {
    source: path,
    wildcard: false,
    followLinks: true,
    contentsOnly: true,
    unpack: "never",
    parents: false,
    exclude: [],
    ignoreMissing: false,
  } as const;
  return { parts: [{ source, action }], dest: "/", below: [] };
}
