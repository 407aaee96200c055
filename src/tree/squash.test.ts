import assert from "node:assert/strict";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { squashLayers } from "./squash.ts";
import { isOpaque, isWhiteout, markOpaque, writeWhiteout } from "./whiteout.ts";

const skip: string | false = process.getuid?.() === 0 ? false : "needs root";
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-squash-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A layer: text is a file, `-` a deletion, `+` an opaque folder. */
function layer(name: string, files: Readonly<Record<string, string>>): string {
  const root = join(folder, name);
  mkdirSync(root);
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    if (text === "-") writeWhiteout(file);
    else if (text === "+") {
      mkdirSync(file, { recursive: true });
      markOpaque(file);
    } else writeFileSync(file, text);
  }
  return root;
}

function squashed(...folders: string[]): (path: string) => string {
  const target = join(folder, "result");
  mkdirSync(target);
  const below = [layer("below", { "d/x": "0", f: "0", base: "0" })];
  squashLayers({ folders, below, folder: target });
  return (path) => {
    const file = join(target, path);
    if (!existsSync(file) && !lstatSync(file, { throwIfNoEntry: false })) return "nothing";
    const stat = lstatSync(file, { bigint: true });
    if (isWhiteout(stat)) return "deleted";
    if (stat.isDirectory()) return isOpaque(file) ? "opaque" : "folder";
    return readFileSync(file, "utf8");
  };
}

test("the upper file wins, and folders are merged", { skip }, () => {
  const at = squashed(layer("one", { "d/a": "1", "d/b": "1" }), layer("two", { "d/b": "2", "d/c": "2" }));
  assert.deepEqual(["d", "d/a", "d/b", "d/c"].map(at), ["folder", "1", "2", "2"]);
});

test("a deletion takes files of the squashed layers away, and stays where there is something below", { skip }, () => {
  const at = squashed(layer("one", { a: "1", "d/x": "1" }), layer("two", { a: "-", d: "-", base: "-" }));
  assert.deepEqual(["a", "d", "base"].map(at), ["nothing", "deleted", "deleted"]);
});

test("a folder made again after its deletion hides what is below", { skip }, () => {
  const at = squashed(layer("one", { d: "-" }), layer("two", { "d/new": "2" }));
  assert.deepEqual(["d", "d/new"].map(at), ["opaque", "2"]);
});

test("an opaque folder hides lower layers and needs no deletions inside", { skip }, () => {
  const at = squashed(layer("one", { "d/old": "1" }), layer("two", { d: "+", "d/new": "2", "d/gone": "-" }));
  assert.deepEqual(["d", "d/old", "d/new", "d/gone"].map(at), ["opaque", "nothing", "2", "nothing"]);
});

test("a file in place of a folder, and a folder in place of a file", { skip }, () => {
  const at = squashed(layer("one", { "d/x": "1", f: "1" }), layer("two", { d: "2", "f/y": "2" }));
  assert.deepEqual(["d", "f", "f/y"].map(at), ["2", "opaque", "2"]);
});
