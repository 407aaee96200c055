/**
 * A tree as a step sees it: layers stacked as overlayfs would show them, or a folder of
 * the host without what an ignore file excludes. Nothing is mounted, nothing leaves the root.
 */
import type { BigIntStats } from "node:fs";
import { linksWithoutEnd, unreadable } from "./errors.ts";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "./host-files.ts";
import { inByteOrder } from "./pack.ts";
import { compilePatterns, type Patterns } from "./pattern.ts";
import { isOpaque, isWhiteout } from "./whiteout.ts";

/** Where a tree lies, as plain data. */
export type TreeSource =
  /** Folders in overlayfs form, bottom to top. */
  | { readonly kind: "layers"; readonly folders: readonly string[] }
  /** A folder of the host; `ignore` has the patterns of its ignore file, `owner` whose the files are made. */
  | {
      readonly kind: "folder";
      readonly root: string;
      readonly ignore: readonly string[];
      readonly owner?: { readonly uid: number; readonly gid: number };
    };

/** A file of a view. */
export interface Node {
  /** Inside the tree, with neither a slash at the front nor at the end; the root is "". */
  readonly path: string;
  /** Where it lies on the host. */
  readonly host: string;
  readonly stat: BigIntStats;
  /** Of a directory: all host folders that show through, top first. */
  readonly folders: readonly string[];
}

const MOST_LINKS = 255;

/** The root of a tree without layers, which is a folder as well: `FROM scratch` can be copied from. */
function emptyRoot(): Node {
  const stat = lstatSync("/", { bigint: true });
  Object.assign(stat, { mode: 0o040755n, uid: 0n, gid: 0n, size: 0n, mtimeNs: 0n });
  return { path: "", host: "/", stat, folders: [] };
}

export class View {
  readonly #roots: readonly string[];
  readonly #patterns: Patterns | undefined;
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  readonly #keep: boolean;
  readonly #nodes = new Map<string, Node | undefined>();

  /** `keep`: the tree does not change while the view is used, so what was seen is remembered. */
  constructor(source: TreeSource, keep = true) {
    this.#roots = source.kind === "layers" ? [...source.folders].reverse() : [source.root];
    this.#patterns = source.kind === "folder" && source.ignore.length > 0 ? compilePatterns(source.ignore) : undefined;
    this.owner = source.kind === "folder" ? source.owner : undefined;
    this.#keep = keep;
  }

  /** The file at a path whose folders are real ones; a link is not followed. Undefined if there is none. */
  lookup(path: string): Node | undefined {
    const clean = cleanPath(path);
    if (clean === "") return this.#root();
    const slash = clean.lastIndexOf("/");
    const parent = this.#directory(slash < 0 ? "" : clean.slice(0, slash));
    const node = parent && this.#child(parent, clean.slice(slash + 1));
    return node && this.#visible(node) ? node : undefined;
  }

  /** The files of a directory in byte order of their names. */
  list(directory: Node): Node[] {
    const [first = [], ...others] = directory.folders.map(namesIn);
    const names = others.length === 0 ? first : [...new Set([...first, ...others.flat()])];
    const found: Node[] = [];
    for (const name of inByteOrder(names)) {
      const node = this.#child(directory, name);
      if (node && this.#visible(node)) found.push(node);
    }
    return found;
  }

  /**
   * The path with all links followed inside the root; the last part only if `followLast`.
   * What is not there is taken as it is written. Throws PATH_LINK_LOOP.
   */
  resolve(path: string, followLast = true): string {
    return followLinks(path, followLast, (at) => {
      const node = this.lookup(at);
      return node?.stat.isSymbolicLink() ? readlinkSync(node.host) : undefined;
    });
  }

  /** The bytes of a file, links followed inside the root; undefined if there is none. */
  readFile(path: string): Buffer | undefined {
    const node = this.lookup(this.resolve(path));
    if (!node?.stat.isFile()) return undefined;
    try {
      return readFileSync(node.host);
    } catch (error) {
      throw unreadable(node.host, error as NodeJS.ErrnoException);
    }
  }

  /** Which pattern of the ignore file excludes a path; undefined if none does. */
  excludedBy(path: string): number | undefined {
    return this.#patterns?.ignores(cleanPath(path)) ? this.#patterns.rule(cleanPath(path)) : undefined;
  }

  #root(): Node {
    const [host] = this.#roots;
    if (host === undefined) return emptyRoot();
    return { path: "", host, stat: lstatSync(host, { bigint: true }), folders: this.#roots };
  }

  #directory(path: string): Node | undefined {
    if (path === "") return this.#root();
    if (this.#keep && this.#nodes.has(path)) return this.#nodes.get(path);
    const slash = path.lastIndexOf("/");
    const parent = this.#directory(slash < 0 ? "" : path.slice(0, slash));
    const node = parent && this.#child(parent, path.slice(slash + 1));
    const directory = node?.stat.isDirectory() ? node : undefined;
    if (this.#keep) this.#nodes.set(path, directory);
    return directory;
  }

  #child(parent: Node, name: string): Node | undefined {
    const path = parent.path === "" ? name : `${parent.path}/${name}`;
    const layered = this.#roots.length > 1;
    if (!layered && parent.folders.length === 1) return childOf(parent, name, path);
    let top: { host: string; stat: BigIntStats } | undefined;
    const folders: string[] = [];
    for (const folder of parent.folders) {
      const host = `${folder}/${name}`;
      const stat = statOf(host);
      if (!stat) continue;
      if (isWhiteout(stat)) break;
      if (!stat.isDirectory()) {
        if (!top) top = { host, stat };
        break;
      }
      top ??= { host, stat };
      folders.push(host);
      if (layered && isOpaque(host)) break;
    }
    return top && { path, host: top.host, stat: top.stat, folders };
  }

  /** A directory that is ignored shows only if something in it does. */
  #visible(node: Node): boolean {
    const patterns = this.#patterns;
    if (!patterns) return true;
    if (!patterns.ignoresOnWalk(node.path)) {
      // Docker sends a file that its two readings of `!` patterns disagree on, but without its content; here it stays out.
      return node.stat.isDirectory() || !patterns.mayContain(node.path) || !patterns.ignores(node.path);
    }
    return node.stat.isDirectory() && patterns.mayContain(node.path) && this.list(node).length > 0;
  }
}

/** Opens a view of a tree that does not change. */
export function openView(source: TreeSource): View {
  return new View(source);
}

/**
 * A path with all links followed, never out of the root; the last part only if `followLast`.
 * `linkAt` tells where the link at a path leads, if there is one. Throws PATH_LINK_LOOP.
 */
export function followLinks(path: string, followLast: boolean, linkAt: (path: string) => string | undefined): string {
  let pending = cleanPath(path).split("/").filter(Boolean);
  let done: string[] = [];
  let links = 0;
  while (pending.length > 0) {
    const [part, ...rest] = pending as [string, ...string[]];
    pending = rest;
    if (part === "..") {
      done.pop();
      continue;
    }
    if (part === ".") continue;
    const link = rest.length > 0 || followLast ? linkAt([...done, part].join("/")) : undefined;
    if (link === undefined) {
      done.push(part);
      continue;
    }
    if (++links > MOST_LINKS) throw linksWithoutEnd(path);
    if (link.startsWith("/")) done = [];
    pending = [...link.split("/").filter(Boolean), ...pending];
  }
  return done.join("/");
}

/** A path inside a tree: no slashes around it, no `.` parts, `..` never above the root. */
export function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

const NONE: readonly string[] = [];

/** A child where nothing is stacked. */
function childOf({ folders: [folder] }: Node, name: string, path: string): Node | undefined {
  const host = `${folder}/${name}`;
  const stat = statOf(host);
  if (!stat || isWhiteout(stat)) return undefined;
  return { path, host, stat, folders: stat.isDirectory() ? [host] : NONE };
}

function statOf(host: string): BigIntStats | undefined {
  try {
    return lstatSync(host, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOTDIR" || code === "ENAMETOOLONG") return undefined;
    throw unreadable(host, error as NodeJS.ErrnoException);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw unreadable(folder, error as NodeJS.ErrnoException);
  }
}
