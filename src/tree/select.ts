/** Which files of a tree a COPY or a mount means. */
import { posix } from "node:path";
import { suggest } from "../core/index.ts";
import { copySourceMissing } from "./errors.ts";
import { type Glob, matchGlob, parseGlob } from "./glob.ts";
import { cleanPath, type Node, type View } from "./view.ts";

/** What selects files of an input, as the graph has it. */
export interface Selection {
  /** Absolute inside the tree. */
  readonly path: string;
  readonly wildcard: boolean;
  readonly followLinks: boolean;
  readonly exclude: readonly string[];
  /** What is not there is nothing, and no error (`--ignore-missing`). */
  readonly optional?: boolean;
}

/** A file that was selected. */
export interface Selected {
  /** Its name as it was asked for: links in it are not followed. */
  readonly asked: string;
  readonly node: Node;
}

/**
 * The files that `path` names, in byte order. A pattern that matches nothing selects
 * nothing; a name that is not there throws COPY_SOURCE_MISSING, and so does a folder that
 * comes before the pattern (as with BuildKit). With `globstar` a part `**` stands for any
 * folders, and what comes before may be missing.
 */
export function selectSources(view: View, path: string, wildcard: boolean, followLinks: boolean, globstar = false): Selected[] {
  const clean = cleanPath(path);
  if (!wildcard || !WILDCARD.test(clean)) return [nodeOf(view, clean, followLinks)];
  if (!globstar) {
    const names = clean.split("/");
    const before = names
      .slice(
        0,
        names.findIndex((name) => WILDCARD.test(name)),
      )
      .join("/");
    nodeOf(view, before, true);
  }
  const found: Selected[] = [];
  const parts = clean.split("/").map((part): Glob | "**" => (globstar && part === "**" ? part : parseGlob(part, false)));
  matchBelow(view, "", parts, found, followLinks);
  return found;
}

const WILDCARD = /[*?[\\]/;

/** What work selects, or nothing where it finds nothing. */
export function ifThere(work: () => Selected[]): Selected[] {
  try {
    return work();
  } catch (error) {
    if ((error as { code?: string }).code === "COPY_SOURCE_MISSING") return [];
    throw error;
  }
}

function nodeOf(view: View, path: string, followLinks: boolean): Selected {
  const node = view.lookup(view.resolve(path, followLinks));
  if (!node) throw copySourceMissing(`/${path}`, hintFor(view, path));
  return { asked: path, node };
}

function matchBelow(view: View, parent: string, parts: readonly (Glob | "**")[], found: Selected[], followLinks: boolean): void {
  const [glob, ...rest] = parts;
  const folder = view.lookup(view.resolve(parent));
  if (!glob || !folder?.stat.isDirectory()) return;
  if (glob === "**") matchBelow(view, parent, rest, found, followLinks);
  for (const child of view.list(folder)) {
    const name = posix.basename(child.path);
    if (glob === "**") {
      if (child.stat.isDirectory()) matchBelow(view, parent === "" ? name : `${parent}/${name}`, parts, found, followLinks);
      continue;
    }
    if (!matchGlob(glob, name)) continue;
    const asked = parent === "" ? name : `${parent}/${name}`;
    if (rest.length > 0) {
      matchBelow(view, asked, rest, found, followLinks);
      continue;
    }
    const node = followLinks ? view.lookup(view.resolve(asked)) : child;
    if (node) found.push({ asked, node });
  }
}

/** What the user may have meant: an ignored file, another spelling of the first part that is not there. */
function hintFor(view: View, path: string): string | undefined {
  if (view.excludedBy(path) !== undefined) return "the ignore file excludes it";
  let parent = "";
  const parts = path.split("/");
  for (const [i, part] of parts.entries()) {
    const folder = view.lookup(view.resolve(parent));
    if (!folder?.stat.isDirectory()) return `${parent} is no folder`;
    const names = view.list(folder).map((node) => posix.basename(node.path));
    if (names.includes(part)) {
      parent = posix.join(parent, part);
      continue;
    }
    const near = names.find((name) => name.toLowerCase() === part.toLowerCase()) ?? suggest(part, names);
    if (near) return `there is ${posix.join(parent, near)}`;
    return i === parts.length - 1 ? listOf(names) : `there is no folder ${posix.join(parent, part)}`;
  }
  return undefined;
}

/** Not more names than one takes in at a glance. */
const MOST_NAMES = 8;

function listOf(names: readonly string[]): string {
  if (names.length === 0) return "the folder is empty";
  const more = names.length - MOST_NAMES;
  return `there is only ${names.slice(0, MOST_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
