/** The build context as advice sees it: names and modes, no contents. */
import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import type { SourceText } from "../core/index.ts";
import { parseIgnoreFile } from "../dockerfile/index.ts";
import type { ContextEntry, ContextView } from "../lint/index.ts";
import { compilePatterns } from "../tree/index.ts";

/** A context with more entries than these is looked at no further; what lies deep is left out first. */
const MOST_ENTRIES = 20_000;

/** Reads a folder, and the ignore file that `build` would use for the Dockerfile at `file`. */
export function viewContext(root: string, file: string | undefined, cwd: string): ContextView {
  const ignore = ignoreFileOf(root, file, cwd);
  const rules = ignore ? parseIgnoreFile(ignore.text) : [];
  const patterns = compilePatterns(rules.map(({ pattern }) => pattern));
  const entries = new Map<string, ContextEntry>();
  const folders = [""];
  for (const folder of folders) {
    for (const entry of listed(join(root, folder))) {
      if (entries.size >= MOST_ENTRIES) return { entries, ignore: ignore && { source: ignore, rules } };
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      const ignored = patterns.ignoresOnWalk(path);
      if (entry.isDirectory() && (!ignored || patterns.mayContain(path))) folders.push(path);
      if (!ignored) entries.set(path, { folder: entry.isDirectory(), executable: isExecutable(join(root, path), entry) });
    }
  }
  return { entries, ignore: ignore && { source: ignore, rules } };
}

function ignoreFileOf(root: string, file: string | undefined, cwd: string): SourceText | undefined {
  const own = file === undefined ? [] : [`${file}.dockerignore`];
  for (const path of [...own, join(root, ".dockerignore")]) {
    const text = textAt(path);
    if (text !== undefined) return { name: relative(cwd, path), text };
  }
  return undefined;
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** What may not be listed is left out, and told of by the build. */
function listed(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function isExecutable(path: string, entry: Dirent): boolean {
  if (!entry.isFile()) return true;
  return ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0o111) & 0o111) !== 0;
}
