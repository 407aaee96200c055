/** Folders for tests, and what is in them. */
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";

/** An empty folder that is gone when the test ends. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "slipway-unit-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files below a folder, which is made; a name that ends with a slash is a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(path.endsWith("/") ? join(folder, path) : dirname(join(folder, path)), { recursive: true });
    if (!path.endsWith("/")) writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** All that is below a folder: `file 644 TEXT`, `directory 755`, `symlink TARGET`, `char MAJOR:MINOR 600` by path, in order. */
export function listing(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (below: string): void => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(below, entry.name);
      found[path] = described(join(folder, path));
      if (entry.isDirectory()) walk(path);
    }
  };
  walk("");
  return found;
}

function described(path: string): string {
  const stat = lstatSync(path);
  const mode = (stat.mode & 0o7777).toString(8);
  if (stat.isSymbolicLink()) return `symlink ${readlinkSync(path)}`;
  if (stat.isFile()) return `file ${mode} ${stat.size > 100 ? `${stat.size} bytes` : readFileSync(path, "utf8")}`;
  if (stat.isDirectory()) return `directory ${mode}`;
  if (stat.isFIFO()) return `fifo ${mode}`;
  return `${stat.isCharacterDevice() ? "char" : "block"} ${device(stat)} ${mode}`;
}

function device({ rdev }: Stats): string {
  return `${(rdev >> 8) & 0xfff}:${(rdev & 0xff) | ((rdev >> 12) & 0xfff00)}`;
}
