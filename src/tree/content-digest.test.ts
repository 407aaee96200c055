import assert from "node:assert/strict";
import { chmodSync, linkSync, lutimesSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { temporaryFolder, writeFiles } from "../../test/support/folder.ts";
import { digestSelection } from "./content-digest.ts";
import { isMachineRoot } from "./privilege.ts";
import type { Selection } from "./select.ts";
import { setXattr } from "./syscalls.ts";

const all: Selection = { path: "/", wildcard: false, followLinks: true, exclude: [] };

/** A layer to look at; `digest` is that of what a selection takes of it. */
function world(t: TestContext): {
  folder: string;
  digest(select?: Partial<Selection>): string;
  entries(select?: Partial<Selection>): number;
} {
  const folder = writeFiles(join(temporaryFolder(t), "l"), { "d/a": "one", "d/b": "two", c: "three", "e/": "" });
  symlinkSync("a", join(folder, "d/link"));
  const look = (select: Partial<Selection>) =>
    digestSelection({ source: { kind: "layers", folders: [folder] }, select: { ...all, ...select } });
  return { folder, digest: (select = {}) => look(select).digest, entries: (select = {}) => look(select).entries };
}

const changes: Record<string, (folder: string) => void> = {
  "a content": (folder) => writeFileSync(join(folder, "d/a"), "0ne"),
  "a name": (folder) => renameSync(join(folder, "d/a"), join(folder, "d/x")),
  "a mode": (folder) => chmodSync(join(folder, "d/a"), 0o755),
  "a folder's mode": (folder) => chmodSync(join(folder, "d"), 0o700),
  "a file more": (folder) => writeFileSync(join(folder, "d/more"), ""),
  "a file less": (folder) => rmSync(join(folder, "d/a")),
  "an empty folder": (folder) => mkdirSync(join(folder, "d/empty")),
  "a link's target": (folder) => {
    rmSync(join(folder, "d/link"));
    symlinkSync("b", join(folder, "d/link"));
  },
  "a link that becomes a file": (folder) => {
    rmSync(join(folder, "d/link"));
    writeFileSync(join(folder, "d/link"), "one");
  },
  "a file that becomes a folder": (folder) => {
    rmSync(join(folder, "d/a"));
    mkdirSync(join(folder, "d/a"));
  },
  "a file that moves to another folder": (folder) => renameSync(join(folder, "d/a"), join(folder, "e/a")),
};
for (const [what, change] of Object.entries(changes)) {
  test(`${what} changes the digest`, (t) => {
    const w = world(t);
    const before = w.digest();
    change(w.folder);
    assert.notEqual(w.digest(), before);
  });
}

test("an owner or an attribute changes the digest", { skip: isMachineRoot ? false : "needs root of the machine" }, async (t) => {
  const { lchownSync } = await import("node:fs");
  const w = world(t);
  const digests = new Set([w.digest()]);
  lchownSync(join(w.folder, "d/link"), 1, 0);
  digests.add(w.digest());
  lchownSync(join(w.folder, "d"), 0, 1);
  digests.add(w.digest());
  setXattr(join(w.folder, "c"), "user.note", Buffer.from("x"));
  digests.add(w.digest());
  assert.equal(digests.size, 4);
});

test("times, places and links between files do not", (t) => {
  const [one, other] = [world(t), world(t)];
  lutimesSync(join(other.folder, "d/a"), 1, 1);
  lutimesSync(join(other.folder, "d"), 1, 1);
  rmSync(join(other.folder, "d/a"));
  writeFileSync(join(other.folder, "d/a"), "one");
  linkSync(join(other.folder, "d/a"), join(one.folder, "..", "elsewhere"));
  assert.equal(other.digest(), one.digest());
});

test("only what is selected counts", (t) => {
  const w = world(t);
  const [folder, file, pattern, part] = [
    { path: "/d" },
    { path: "/d/a" },
    { path: "/d/[ab]", wildcard: true },
    { path: "/d", exclude: ["b", "link"] },
  ]; // prettier-ignore
  const before = [folder, file, pattern, part].map((select) => w.digest(select));
  writeFileSync(join(w.folder, "c"), "changed");
  assert.deepEqual(
    [folder, file, pattern, part].map((select) => w.digest(select)),
    before,
  );
  writeFileSync(join(w.folder, "d/b"), "changed");
  const after = [folder, file, pattern, part].map((select) => w.digest(select));
  assert.deepEqual(
    after.map((digest, i) => digest === before[i]),
    [false, true, false, true],
  );
  assert.deepEqual([w.entries(folder), w.entries(file), w.entries(pattern), w.entries(part)], [4, 1, 2, 2]);
});

test("a name that is not there is an error that helps", (t) => {
  assert.throws(() => world(t).digest({ path: "/D" }), { code: "COPY_SOURCE_MISSING", hint: "there is d" });
  assert.equal(world(t).entries({ path: "/x*", wildcard: true }), 0);
});

test("names and contents cannot be taken for each other", (t) => {
  const place = temporaryFolder(t);
  const digestOf = (name: string, files: Record<string, string>): string => {
    const folder = writeFiles(join(place, name), files);
    return digestSelection({ source: { kind: "layers", folders: [folder] }, select: all }).digest;
  };
  const digests = [
    digestOf("1", { a: "b", c: "" }),
    digestOf("2", { a: "", c: "b" }),
    digestOf("3", { "a\nb": "", c: "" }),
    digestOf("4", { 'a","file': "", c: "" }),
  ];
  assert.equal(new Set(digests).size, digests.length);
});

test("the owners of a context's files are those that they are given", (t) => {
  const root = writeFiles(join(temporaryFolder(t), "c"), { a: "x" });
  const digest = (uid: number): string =>
    digestSelection({ source: { kind: "folder", root, ignore: [], owner: { uid, gid: 0 } }, select: all }).digest;
  assert.notEqual(digest(0), digest(1000));
});

test("a file of a context that was changed is read again, though its size and time are as before", (t) => {
  const place = temporaryFolder(t);
  const root = writeFiles(join(place, "c"), { a: "one", b: "b" });
  const digest = (): string =>
    digestSelection({
      source: { kind: "folder", root, ignore: [], owner: { uid: 0, gid: 0 } },
      select: all,
      statCachePath: join(place, "stat"),
    }).digest;
  lutimesSync(join(root, "a"), 1, 1);
  const before = digest();
  writeFileSync(join(root, "a"), "two");
  lutimesSync(join(root, "a"), 1, 1);
  const after = digest();
  assert.notEqual(after, before);
  writeFileSync(join(root, "a"), "one");
  lutimesSync(join(root, "a"), 1, 1);
  assert.equal(digest(), before);
});
