import assert from "node:assert/strict";
import { existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { StatCache } from "./stat-cache.ts";

const root = mkdtempSync(join(tmpdir(), "slipway-stat-"));
after(() => rmSync(root, { recursive: true, force: true }));

type Stat = ReturnType<typeof statOf>;
const statOf = (path: string) => lstatSync(path, { bigint: true });
const digest = (byte: number): string => Buffer.alloc(32, byte).toString("base64");

/** A file that is old enough to be remembered. */
function oldFile(name: string): Stat {
  const path = join(root, name);
  writeFileSync(path, name);
  utimesSync(path, 1000, 1000);
  const stat = statOf(path);
  // Nobody can set the time of the last change, so it is told.
  return Object.assign(Object.create(stat), { ctimeNs: 1000n }) as Stat;
}

function filled(name: string, paths: readonly string[], stat: Stat): string {
  const file = join(root, name);
  const cache = new StatCache(file);
  for (const [n, path] of paths.entries()) cache.put(path, stat, digest(n));
  cache.save();
  return file;
}

test("what was seen is found again, in the same order and in any other", () => {
  const stat = oldFile("a");
  const paths = ["a", "b", "c/d", "e"];
  const file = filled("orders", paths, stat);
  const inOrder = new StatCache(file);
  assert.deepEqual(
    paths.map((path) => inOrder.get(path, stat)),
    [0, 1, 2, 3].map(digest),
  );
  const other = new StatCache(file);
  assert.deepEqual(
    ["e", "b", "none", "c/d", "e", "a"].map((path) => other.get(path, stat)),
    [digest(3), digest(1), undefined, digest(2), digest(3), digest(0)],
  );
});

test("a file with another size, time or inode is not known", () => {
  const stat = oldFile("b");
  const file = filled("changes", ["b"], stat);
  const changed = (change: Partial<Stat>): Stat => Object.assign(Object.create(stat), change) as Stat;
  for (const change of [{ size: 9n }, { mtimeNs: 9n }, { ctimeNs: 9n }, { ino: 9n }])
    assert.equal(new StatCache(file).get("b", changed(change)), undefined);
  assert.ok(new StatCache(file).get("b", changed({ uid: 9n })));
});

test("one new file is kept beside the known ones, and what was not seen is forgotten", () => {
  const stat = oldFile("c");
  const file = filled("growing", ["a", "gone", "z"], stat);
  const cache = new StatCache(file);
  cache.get("a", stat);
  cache.put("new", stat, digest(7));
  cache.get("z", stat);
  cache.save();
  const again = new StatCache(file);
  assert.deepEqual(
    ["a", "gone", "new", "z"].map((path) => again.get(path, stat)),
    [digest(0), undefined, digest(7), digest(2)],
  );
});

test("a file changed a moment ago is not remembered", () => {
  const path = join(root, "young");
  writeFileSync(path, "young");
  const file = filled("racy", ["young"], statOf(path));
  assert.equal(new StatCache(file).get("young", statOf(path)), undefined);
});

test("nor is a file that was moved a moment ago, or one from the future", () => {
  const stat = oldFile("d");
  const now = BigInt(Date.now()) * 1_000_000n;
  const young = (change: Partial<Stat>): Stat => Object.assign(Object.create(stat), change) as Stat;
  assert.equal(existsSync(filled("moved", ["d"], young({ ctimeNs: now }))), false);
  assert.equal(existsSync(filled("future", ["d"], young({ mtimeNs: now + 3_600_000_000_000n }))), false);
});

test("a use that sees nothing new writes nothing", () => {
  const stat = oldFile("e");
  const file = filled("same", ["e"], stat);
  const before = statOf(file).ino;
  const cache = new StatCache(file);
  cache.get("e", stat);
  cache.save();
  assert.equal(statOf(file).ino, before);
});

test("a damaged cache is an empty one", () => {
  const stat = oldFile("f");
  const paths = Array.from({ length: 10 }, (_, i) => `file ${i}`);
  const file = filled("damaged", paths, stat);
  const whole = readFileSync(file);
  for (const length of [0, 3, 20, 24, 100, whole.length - 1]) {
    writeFileSync(file, whole.subarray(0, length));
    assert.equal(new StatCache(file).get("file 1", stat), undefined, `${length} bytes`);
  }
  writeFileSync(file, `another-format-9\n${"x".repeat(200)}`);
  assert.equal(new StatCache(file).get("file 1", stat), undefined);
});

test("a cache that cannot be kept is no error", () => {
  const cache = new StatCache(join(root, "no/such/folder"));
  cache.put("a", oldFile("g"), digest(1));
  cache.save();
});
