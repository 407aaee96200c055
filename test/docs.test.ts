import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");
const generator = "../scripts/docs.mjs";

test("the generated pages are those of these sources (node --import tsx scripts/docs.mjs)", async () => {
  const { pages } = (await import(generator)) as { pages(): Promise<Record<string, string>> };
  for (const [path, text] of Object.entries(await pages())) {
    assert.ok(readFileSync(join(root, path), "utf8") === text, `${path} is out of date`);
  }
});
