/**
 * Whether a job is so small that doing it costs less than starting a thread for it.
 *
 * A thread costs Node.js 40 ms of processor time before it does anything: more than a
 * whole rebuild with nothing changed. Small is counted in files and bytes, never in
 * time, so that the same job is always done in the same place.
 */
import { posix } from "node:path";
import type { CopyOptions } from "./copy.ts";
import { lstatSync, readdirSync } from "./host-files.ts";
import type { Jobs } from "./jobs.ts";
import { selectSources } from "./select.ts";
import { cleanPath, type Node, openView, type TreeSource, type View } from "./view.ts";

const MOST_ENTRIES = 200;
const MOST_BYTES = 1 << 20;

/** Whether the job is better done at once. What cannot be weighed is left to the thread, which says what is wrong. */
export const isSmall: { readonly [Name in keyof Jobs]?: (argument: Parameters<Jobs[Name]>[0]) => boolean } = {
  makeDirectory: () => true,
  packLayer: ({ folder }) => weighs((scale) => weighFolder(folder, scale)),
  digestSelection: ({ source, select }) => weighs((scale) => weighSelection(source, select.path, select.wildcard, scale)),
  copyFiles: ({ parts }) => weighs((scale) => weighParts(parts, scale)),
  packCopies: ({ parts }) => weighs((scale) => weighParts(parts, scale)),
};

class Scale {
  #entries = 0;
  #bytes = 0;

  /** Adds so much; false once it is too much. */
  add(entries: number, bytes: number): boolean {
    this.#entries += entries;
    this.#bytes += bytes;
    return this.#entries <= MOST_ENTRIES && this.#bytes <= MOST_BYTES;
  }
}

function weighs(weigh: (scale: Scale) => boolean): boolean {
  try {
    return weigh(new Scale());
  } catch {
    return false;
  }
}

function weighParts(parts: CopyOptions["parts"], scale: Scale): boolean {
  return parts.every(
    // A small archive may hold much.
    ({ source, action }) => action.unpack === "never" && weighSelection(source, action.source, action.wildcard, scale),
  );
}

function weighFolder(folder: string, scale: Scale): boolean {
  const names = readdirSync(folder);
  if (!scale.add(names.length, 0)) return false;
  return names.every((name) => {
    const stat = lstatSync(`${folder}/${name}`);
    if (stat.isDirectory()) return weighFolder(`${folder}/${name}`, scale);
    return !stat.isFile() || scale.add(0, stat.size);
  });
}

function weighSelection(source: TreeSource, path: string, wildcard: boolean, scale: Scale): boolean {
  const view = openView(source);
  const clean = cleanPath(path);
  if (wildcard && /[*?[\\]/.test(clean)) {
    // What a pattern looks at counts, not what it finds.
    const fixed = clean.split("/");
    const above = fixed
      .slice(
        0,
        fixed.findIndex((part) => /[*?[\\]/.test(part)),
      )
      .join("/");
    return weighNode(view, view.lookup(view.resolve(above)), scale);
  }
  return selectSources(view, posix.join("/", path), false, true).every(({ node }) => weighNode(view, node, scale));
}

function weighNode(view: View, node: Node | undefined, scale: Scale): boolean {
  if (!node) return true;
  if (!node.stat.isDirectory()) return scale.add(1, Number(node.stat.size));
  for (const folder of node.folders) if (!scale.add(readdirSync(folder).length, 0)) return false;
  return view
    .list(node)
    .every((child) => (child.stat.isDirectory() ? weighNode(view, child, scale) : scale.add(0, Number(child.stat.size))));
}
