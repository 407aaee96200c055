import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { temporaryFolder, writeFiles } from "../../test/support/folder.ts";
import { isMachineRoot } from "./privilege.ts";
import { cleanPath, openView, type View } from "./view.ts";
import { markOpaque, writeWhiteout } from "./whiteout.ts";

const needsRoot = isMachineRoot ? false : "needs root of the machine";

type Files = Readonly<Record<string, string>>;

/** Layers from bottom to top: files; links as `-> TARGET`; what is deleted as `deleted`; folders that hide what is below as `opaque`. */
function layers(t: TestContext, ...all: Files[]): View {
  const place = temporaryFolder(t);
  const folders = all.map((files, i) => layer(join(place, String(i)), files));
  return openView({ kind: "layers", folders });
}

function layer(folder: string, files: Files): string {
  mkdirSync(folder);
  for (const [path, text] of Object.entries(files)) {
    const host = join(folder, path);
    mkdirSync(join(host, ".."), { recursive: true });
    if (text === "deleted") writeWhiteout(host);
    else if (text === "opaque") {
      mkdirSync(host, { recursive: true });
      markOpaque(host);
    } else if (text.startsWith("-> ")) symlinkSync(text.slice(3), host);
    else writeFiles(folder, { [path]: text });
  }
  return folder;
}

/** All files of a view with their texts, as a walk finds them. */
function walk(view: View, path = ""): Record<string, string> {
  const node = view.lookup(path);
  if (!node) return {};
  if (!node.stat.isDirectory()) return { [path]: node.stat.isFile() ? String(view.readFile(path)) : "special" };
  return Object.assign({}, ...view.list(node).map((child) => walk(view, child.path)));
}

test("the topmost layer that has a file wins; folders are merged", (t) => {
  const view = layers(t, { "d/a": "1", "d/b": "1", c: "1" }, { "d/b": "2", "d/e": "2" }, { "d/e": "3" });
  assert.deepEqual(walk(view), { c: "1", "d/a": "1", "d/b": "2", "d/e": "3" });
});

test("what a layer deletes is gone until a later one makes it anew", { skip: needsRoot }, (t) => {
  const below = { "d/a": "1", f: "1" };
  assert.deepEqual(walk(layers(t, below, { d: "deleted", f: "deleted" })), {});
  assert.deepEqual(walk(layers(t, below, { d: "deleted", f: "deleted" }, { "d/b": "3", f: "3" })), { "d/b": "3", f: "3" });
  assert.equal(layers(t, below, { d: "deleted" }).lookup("d/a"), undefined);
});

test("an opaque folder hides all below it, and nothing above it", { skip: needsRoot }, (t) => {
  const view = layers(t, { "d/a": "1", "d/s/a": "1" }, { d: "opaque", "d/b": "2" }, { "d/c": "3" });
  assert.deepEqual(walk(view), { "d/b": "2", "d/c": "3" });
  assert.equal(view.lookup("d/s"), undefined);
});

test("a file over a folder hides it, and a folder over a file", (t) => {
  assert.deepEqual(walk(layers(t, { "d/a": "1" }, { d: "file" })), { d: "file" });
  assert.deepEqual(walk(layers(t, { d: "file" }, { "d/a": "2" })), { "d/a": "2" });
  // What was below the file stays hidden.
  assert.deepEqual(walk(layers(t, { "d/old": "1" }, { d: "file" }, { "d/a": "3" })), { "d/a": "3" });
});

test("a folder looks as the topmost layer has it", (t) => {
  const view = layers(t, { "d/a": "1" }, { "d/b": "2" });
  const node = view.lookup("d");
  assert.equal(node?.host, node?.folders[0]);
  assert.equal(node?.folders.length, 2);
});

test("a look-up does not go through links or files", (t) => {
  const view = layers(t, { "real/a": "1", link: "-> real", file: "" });
  assert.equal(view.lookup("link/a"), undefined);
  assert.equal(view.lookup("file/a"), undefined);
  assert.ok(view.lookup("link")?.stat.isSymbolicLink());
  assert.equal(view.lookup("x".repeat(300)), undefined);
});

const links: Files = {
  "usr/bin/sh": "x",
  bin: "-> usr/bin",
  abs: "-> /usr/bin",
  up: "-> ../../../usr",
  "usr/back": "-> ../bin",
  twice: "-> up/back",
  dangling: "-> /no/where",
  loop: "-> loop2",
  loop2: "-> loop",
  host: "-> /../../etc",
};
for (const [path, expected] of [
  ["bin/sh", "usr/bin/sh"],
  ["abs/sh", "usr/bin/sh"],
  ["up/bin/sh", "usr/bin/sh"],
  ["usr/back/sh", "usr/bin/sh"],
  ["twice/sh", "usr/bin/sh"],
  ["/bin/../bin/./sh/", "usr/bin/sh"],
  ["../../bin", "usr/bin"],
  ["dangling/file", "no/where/file"],
  ["not/there", "not/there"],
  ["host/passwd", "etc/passwd"],
] as const) {
  test(`with links followed ${path} is ${expected}`, (t) => {
    assert.equal(layers(t, links).resolve(path), expected);
  });
}

test("links are followed through the layers, and the last part only if it is wanted", (t) => {
  const view = layers(t, { "usr/lib/a": "1" }, { lib: "-> usr/lib" });
  assert.equal(view.readFile("lib/a")?.toString(), "1");
  assert.equal(view.resolve("lib", false), "lib");
  assert.equal(layers(t, { lib: "-> usr/lib" }, { "lib/own": "2" }).resolve("lib/own"), "lib/own");
});

test("links in a circle are refused", (t) => {
  assert.throws(() => layers(t, links).resolve("loop/x"), { code: "PATH_LINK_LOOP" });
});

test("no path leaves the root", () => {
  for (const path of ["..", "../../x", "/../x", "a/../../x", "./..//x"]) assert.doesNotMatch(cleanPath(path), /\.\./);
});

test("a folder of the host shows what its ignore file leaves", (t) => {
  const root = writeFiles(temporaryFolder(t), {
    "src/a.ts": "1",
    "src/a.log": "1",
    "node_modules/x/y": "1",
    "docs/keep": "1",
    "docs/drop": "1",
  }); // prettier-ignore
  const view = openView({ kind: "folder", root, ignore: ["node_modules", "**/*.log", "docs/*", "!docs/keep"] });
  assert.deepEqual(walk(view), { "docs/keep": "1", "src/a.ts": "1" });
  assert.equal(view.lookup("node_modules/x"), undefined);
  assert.equal(view.excludedBy("src/a.log"), 1);
  assert.equal(view.excludedBy("src/a.ts"), undefined);
});

test("a link of the host's folder is followed inside it alone", (t) => {
  const place = temporaryFolder(t);
  writeFiles(place, { secret: "no", "context/inside": "yes" });
  symlinkSync("../secret", join(place, "context/out"));
  const view = openView({ kind: "folder", root: join(place, "context"), ignore: [] });
  assert.equal(view.resolve("out"), "secret");
  assert.equal(view.readFile("out"), undefined);
});
