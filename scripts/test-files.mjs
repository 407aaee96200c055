// Which files are tests.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** All `*.test.ts` below the folders; those of test/system only if asked for. */
export function testFiles(folders, system) {
  const all = folders
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)));
  return all.filter((file) => file.endsWith(".test.ts") && file.startsWith("test/system/") === system).sort();
}
