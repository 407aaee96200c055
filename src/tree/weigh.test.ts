import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { isSmall } from "./weigh.ts";

const root = mkdtempSync(join(tmpdir(), "slipway-weigh-"));
after(() => rmSync(root, { recursive: true, force: true }));

/** A folder with so many files of so many bytes each. */
function folder(name: string, count: number, size: number): string {
  const path = join(root, name);
  mkdirSync(join(path, "in"), { recursive: true });
  for (let n = 0; n < count; n++) writeFileSync(join(path, "in", String(n)), Buffer.alloc(size));
  return path;
}

const SELECT = { path: "/", wildcard: false, followLinks: true, exclude: [] } as const;
const digest = (root: string, path = "/", ignore: string[] = []): boolean | undefined =>
  isSmall.digestSelection?.({ source: { kind: "folder", root, ignore }, select: { ...SELECT, path, wildcard: true } });

const few = folder("few", 10, 100);
const many = folder("many", 300, 1);
const large = folder("large", 2, 1_000_000);

test("a few small files are digested and packed at once", () => {
  assert.equal(digest(few), true);
  assert.equal(isSmall.packLayer?.({ folder: few }), true);
});

test("many files, or many bytes, are left to a thread", () => {
  assert.equal(digest(many), false);
  assert.equal(digest(large), false);
  assert.equal(isSmall.packLayer?.({ folder: many }), false);
  assert.equal(isSmall.packLayer?.({ folder: large }), false);
});

test("only what is selected has weight, and nothing that is ignored", () => {
  assert.equal(digest(many, "/in/7"), true);
  assert.equal(digest(many, "/in/7*"), false);
  assert.equal(digest(root, "/", ["many", "large"]), true);
});

test("an archive that is to be unpacked may hold much, so it is left to a thread", () => {
  const source = { kind: "folder", root: few, ignore: [] } as const;
  const action = { source: "/in/1", wildcard: false, followLinks: true, contentsOnly: true, parents: false, exclude: [] };
  const copy = (unpack: "never" | "auto"): boolean | undefined => {
    const parts = [{ source, action: { ...action, unpack, ignoreMissing: false } }];
    return isSmall.copyFiles?.({ parts, dest: "/", below: [], layer: "" });
  };
  assert.equal(copy("never"), true);
  assert.equal(copy("auto"), false);
});

test("what is missing is left to the thread, which says so", () => {
  assert.equal(digest(few, "/none"), false);
});
