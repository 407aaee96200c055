/**
 * The digest of all that a step can see of the files it selects: names, types,
 * permission bits, owners, links, extended attributes and contents; never times.
 */
import { createHash } from "node:crypto";
import { closeSync, readSync } from "node:fs";
import { posix } from "node:path";
import type { Digest } from "../core/index.ts";
import { fileChanged, unreadable } from "./errors.ts";
import { openSync, readlinkSync } from "./host-files.ts";
import { keepListing, type ListingPlace, listingLine } from "./listing.ts";
import { ownerOf } from "./owner.ts";
import { typeOf, xattrsOf } from "./pack.ts";
import { compilePatterns, type Patterns } from "./pattern.ts";
import { ifThere, type Selected, type Selection, selectSources } from "./select.ts";
import { StatCache } from "./stat-cache.ts";
import { deviceParts } from "./syscalls.ts";
import { type Node, openView, type TreeSource, type View } from "./view.ts";

export interface DigestOptions {
  readonly source: TreeSource;
  readonly select: Selection;
  /** File of the stat cache, for a tree of the host. */
  readonly statCachePath?: string;
  /** Where to remember the files, to tell later what changed. */
  readonly listing?: ListingPlace;
}

export interface Digested {
  readonly digest: Digest;
  /** How many files and folders count. */
  readonly entries: number;
}

/** Throws COPY_SOURCE_MISSING, FILE_UNREADABLE, PATTERN_INVALID. */
export function digestSelection(options: DigestOptions): Digested {
  const view = openView(options.source);
  const cache = options.statCachePath === undefined ? undefined : new StatCache(options.statCachePath);
  const digester = new Digester(view, cache, options.listing !== undefined);
  const { path, wildcard, followLinks, exclude } = options.select;
  const excluded = exclude.length > 0 ? compilePatterns(exclude) : undefined;
  const select = (): Selected[] => selectSources(view, path, wildcard, followLinks, true);
  for (const { asked, node } of options.select.optional ? ifThere(select) : select()) {
    digester.begin(asked);
    digester.add(posix.basename(asked), node, excluded, "");
  }
  cache?.save();
  const digested = digester.finish();
  if (options.listing !== undefined) keepListing(options.listing, digested.digest, () => digester.listing());
  return digested;
}

const buffer: Buffer = Buffer.allocUnsafe(1 << 18);

class Digester {
  readonly #view: View;
  readonly #cache: StatCache | undefined;
  readonly #hash = createHash("sha256");
  #lines: string[] = [];
  #entries = 0;
  /** The text digested so far, by the folder that its names start from; none if nobody will ask. */
  readonly #kept: { readonly folder: string; readonly parts: string[] }[] | undefined;

  constructor(view: View, cache: StatCache | undefined, keep: boolean) {
    this.#view = view;
    this.#cache = cache;
    this.#kept = keep ? [] : undefined;
  }

  /** The files of another selected path follow. */
  begin(asked: string): void {
    this.#flush();
    const folder = posix.dirname(asked);
    this.#kept?.push({ folder: folder === "." || folder === "/" ? "" : `${folder}/`, parts: [] });
  }

  /** One line a file, for those who ask what changed. */
  listing(): string[] {
    return (this.#kept ?? []).flatMap(({ folder, parts }) =>
      parts
        .join("")
        .split("\n")
        .slice(0, -1)
        .map((line) => {
          const [name, ...rest] = JSON.parse(line) as unknown[];
          return listingLine(`${folder}${name}`.replace(/^\//, ""), rest);
        }),
    );
  }

  /** Takes a file in under a name, and what is below it. `inside` is its path for the patterns of --exclude. */
  add(name: string, node: Node, excluded: Patterns | undefined, inside: string): void {
    if (inside !== "" && excluded?.ignores(inside) && !(node.stat.isDirectory() && excluded.mayContain(inside))) return;
    this.#line(name, node);
    if (!node.stat.isDirectory()) return;
    for (const child of this.#view.list(node)) {
      const base = child.path.slice(child.path.lastIndexOf("/") + 1);
      this.add(`${name}/${base}`, child, excluded, inside === "" ? base : `${inside}/${base}`);
    }
  }

  finish(): Digested {
    this.#flush();
    return { digest: `sha256:${this.#hash.digest("hex")}`, entries: this.#entries };
  }

  #line(name: string, node: Node): void {
    const { stat } = node;
    const type = typeOf(stat);
    const owner = this.#view.owner ?? ownerOf(node.host, stat);
    // As JSON.stringify would write it, which takes three times as long.
    let line = `[${JSON.stringify(name)},"${type}",${Number(stat.mode) & 0o7777},${owner.uid},${owner.gid}`;
    if (type === "file") line += stat.size === 0n ? ',""' : `,"${this.#contentOf(node)}"`;
    else if (type === "symlink") line += `,${JSON.stringify(readlinkSync(node.host))}`;
    else if (type === "char" || type === "block") line += `,${JSON.stringify(deviceParts(stat.rdev))}`;
    // Attributes of the host's files are not copied; those of layers are.
    if (!this.#view.owner && type !== "symlink") {
      const xattrs = xattrsOf(node.host);
      if (xattrs) line += `,${JSON.stringify([...xattrs].sort().map(([key, value]) => [key, value.toString("base64")]))}`;
    }
    this.#lines.push(`${line}]`);
    this.#entries++;
    if (this.#lines.length >= 1000) this.#flush();
  }

  #flush(): void {
    if (this.#lines.length === 0) return;
    const text = `${this.#lines.join("\n")}\n`;
    this.#hash.update(text);
    this.#kept?.at(-1)?.parts.push(text);
    this.#lines = [];
  }

  #contentOf(node: Node): string {
    const known = this.#cache?.get(node.path, node.stat);
    if (known) return known;
    const digest = digestOfFile(node);
    this.#cache?.put(node.path, node.stat, digest);
    return digest;
  }
}

/** In base64. */
function digestOfFile(node: Node): string {
  const hash = createHash("sha256");
  let file: number;
  try {
    file = openSync(node.host, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw fileChanged(node.host);
    throw unreadable(node.path, error as NodeJS.ErrnoException);
  }
  try {
    for (;;) {
      const count = readSync(file, buffer, 0, buffer.length, null);
      if (count === 0) return hash.digest("base64");
      hash.update(buffer.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
}
