import assert from "node:assert/strict";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { moveChanges, noteTree } from "./changes.ts";
import { isOpaque } from "./whiteout.ts";

/** A folder with a few files, noted, and an empty one for the layer. */
function world(t: TestContext): { readonly root: string; readonly layer: string; changes(action: () => void): string[] } {
  const place = mkdtempSync(join(tmpdir(), "changes-"));
  t.after(() => rmSync(place, { recursive: true, force: true }));
  const [root, layer] = [join(place, "root"), join(place, "layer")];
  for (const folder of [root, layer, join(root, "a"), join(root, "a/b"), join(root, "c")]) mkdirSync(folder);
  for (const file of ["top", "a/one", "a/b/two", "c/three"]) writeFileSync(join(root, file), file);
  return {
    root,
    layer,
    changes(action) {
      const before = noteTree(root, new Set(["/c/aside"]));
      action();
      moveChanges(root, before, layer);
      return listed(layer);
    },
  };
}

/** Paths of a layer, with ` -` for a deletion and ` !` for an opaque folder. */
function listed(layer: string, path = ""): string[] {
  return readdirSync(join(layer, path)).flatMap((name) => {
    const inside = path === "" ? name : `${path}/${name}`;
    const stat = lstatSync(join(layer, inside));
    if (stat.isCharacterDevice()) return [`${inside} -`];
    if (!stat.isDirectory()) return [inside];
    return [`${inside}/${isOpaque(join(layer, inside)) ? " !" : ""}`, ...listed(layer, inside)];
  });
}

test("what is left alone is not in the layer", (t) => {
  assert.deepEqual(
    world(t).changes(() => {}),
    [],
  );
});

test("a changed file comes with the folders above it, which look as they did", (t) => {
  const { root, layer, changes } = world(t);
  chmodSync(join(root, "a"), 0o750);
  utimesSync(join(root, "a"), 1000, 1000);
  assert.deepEqual(
    changes(() => writeFileSync(join(root, "a/b/two"), "TWO")),
    ["a/", "a/b/", "a/b/two"],
  );
  assert.equal(statSync(join(layer, "a")).mode & 0o777, 0o750);
  assert.equal(statSync(join(layer, "a")).mtimeMs, 1_000_000);
});

test("new, renamed, linked and chmodded files are changes; the same size and time do not hide one", (t) => {
  const { root, changes } = world(t);
  const { atime, mtime } = statSync(join(root, "top"));
  const seen = changes(() => {
    mkdirSync(join(root, "new/deep"), { recursive: true });
    symlinkSync("deep", join(root, "new/link"));
    renameSync(join(root, "c/three"), join(root, "c/four"));
    linkSync(join(root, "a/one"), join(root, "a/another"));
    writeFileSync(join(root, "top"), "TOP");
    utimesSync(join(root, "top"), atime, mtime);
  });
  assert.deepEqual(
    seen.sort(),
    ["a/", "a/another", "a/one", "c/", "c/four", "c/three -", "new/", "new/deep/", "new/link", "top"].sort(),
  );
});

test("a folder made again hides what it had; one of another kind needs no mark", (t) => {
  const { root, changes } = world(t);
  const seen = changes(() => {
    rmSync(join(root, "a"), { recursive: true });
    mkdirSync(join(root, "a"));
    rmSync(join(root, "c"), { recursive: true });
    writeFileSync(join(root, "c"), "");
    rmSync(join(root, "top"));
    mkdirSync(join(root, "top"));
  });
  assert.deepEqual(seen.sort(), ["a/ !", "c", "top/"].sort());
});
