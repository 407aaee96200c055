/**
 * What a selection of files was the last time it was digested, file by file, so that
 * it can be told which of them changed.
 *
 * Each selection has a file, which is replaced only when the digest is another one, and
 * beside it the one that a build was made from last. A line is the path, the type, the mode, the owner
 * and what tells the content; the first line is the digest of the whole.
 */
import { closeSync, lstatSync, mkdirSync, openSync, readFileSync, readSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Digest, FileChange } from "../core/index.ts";
import { compilePatterns } from "./pattern.ts";
import type { TreeSource } from "./view.ts";

/** `[path, type, mode, uid, gid, content or link or device, attributes]`. */
type Line = readonly [string, string, number, number, number, ...unknown[]];

/** `sha256:` and 64 digits. */
const DIGEST_LENGTH = 71;

export interface ListingPlace {
  readonly file: string;
  /** Digests of listings that somebody may still compare with: such a one is kept beside the new one. */
  readonly wanted: readonly Digest[];
}

/** Remembers the files behind `digest`, unless they are remembered. `lines` is asked for only if they are not. */
export function keepListing({ file, wanted }: ListingPlace, digest: Digest, lines: () => readonly string[]): void {
  const known = digestOfListing(file);
  if (known === digest) return;
  const temporary = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(temporary, Buffer.concat([Buffer.from(digest), deflateRawSync(lines().join("\n"), { level: 1 })]));
    if (known && wanted.includes(known)) renameSync(file, earlier(file));
    renameSync(temporary, file);
  } catch {
    // Without the listing a change is told less exactly, nothing else.
    rmSync(temporary, { force: true });
  }
}

/** A line of a listing; `parts` is what the digest is made of after the name. Contents are told by a part of their digest. */
export function listingLine(path: string, parts: readonly unknown[]): string {
  return JSON.stringify([
    path,
    ...parts.map((part) => (typeof part === "string" && part.length > 40 ? part.slice(0, 12) : part)),
  ]);
}

export interface Comparison {
  /** The listing's file, as `keepListing` got it. */
  readonly file: string;
  /** Where the listing of `before` may be as well. */
  readonly former?: string;
  readonly before: Digest;
  readonly now: Digest;
  /** Where the files lie now, to tell what was removed from what is ignored. */
  readonly source?: TreeSource;
  /** So many changes are named; the others are counted. */
  readonly limit: number;
}

export interface Compared {
  readonly total: number;
  readonly files: readonly FileChange[];
}

/** How the files of one digest differ from those of another; undefined if either is not remembered any more. */
export function compareListings({ file, former = file, before, now, source, limit }: Comparison): Compared | undefined {
  const old = readListing([earlier(file), file, earlier(former), former], before);
  const fresh = readListing([file, earlier(file)], now);
  if (!old || !fresh) return undefined;
  const changes: FileChange[] = [];
  for (const [path, line] of fresh) {
    const was = old.get(path);
    if (!was) {
      if (path === "" || old.has(parentOf(path)) || !fresh.has(parentOf(path))) changes.push({ path, change: "added" });
    } else if (was !== line) changes.push({ path, change: kindOf(JSON.parse(was) as Line, JSON.parse(line) as Line) });
  }
  const gone = goneIn(source);
  for (const path of old.keys()) {
    if (fresh.has(path) || (old.has(parentOf(path)) && !fresh.has(parentOf(path)) && path !== "")) continue;
    changes.push(gone(path));
  }
  return { total: changes.length, files: changes.slice(0, limit) };
}

function earlier(file: string): string {
  return `${file}.before`;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function kindOf(before: Line, now: Line): FileChange["change"] {
  if (before[1] !== now[1]) return "type";
  if (before[5] !== now[5] && now[1] !== "directory") return now[1] === "symlink" ? "link" : "content";
  if (before[2] !== now[2]) return "mode";
  if (before[3] !== now[3] || before[4] !== now[4]) return "owner";
  return "attributes";
}

/** Removed files of the host may still be there, and be excluded. */
function goneIn(source: TreeSource | undefined): (path: string) => FileChange {
  if (source?.kind !== "folder" || source.ignore.length === 0) return (path) => ({ path, change: "removed" });
  const patterns = compilePatterns(source.ignore);
  return (path) => {
    const isThere = lstatSync(`${source.root}/${path}`, { throwIfNoEntry: false }) !== undefined;
    if (!isThere || !patterns.ignores(path)) return { path, change: "removed" };
    const pattern = source.ignore[patterns.rule(path) ?? -1];
    return { path, change: "ignored", ...(pattern === undefined ? {} : { pattern }) };
  };
}

/** The digest of the listing that a file holds. */
function digestOfListing(path: string): Digest | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return undefined;
  }
  const head = Buffer.alloc(DIGEST_LENGTH);
  try {
    return readSync(file, head) === DIGEST_LENGTH ? (head.toString("latin1") as Digest) : undefined;
  } finally {
    closeSync(file);
  }
}

function readListing(files: readonly string[], digest: Digest): Map<string, string> | undefined {
  const file = files.find((candidate) => digestOfListing(candidate) === digest);
  if (!file) return undefined;
  const lines = new Map<string, string>();
  try {
    const text = inflateRawSync(readFileSync(file).subarray(DIGEST_LENGTH)).toString("utf8");
    for (const line of text === "" ? [] : text.split("\n")) lines.set((JSON.parse(line) as Line)[0], line);
  } catch {
    return undefined;
  }
  return lines;
}
