import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../test/support/random.ts";
import { encodeHeader, padding, type TarEntry } from "./tar-header.ts";
import { TarReader } from "./tar-read.ts";

const plain: TarEntry = { path: "a", type: "file", mode: 0o644, uid: 0, gid: 0, size: 0, mtimeNs: 0n };

/** The entry that a reader finds in a header. */
function readBack(header: Buffer): TarEntry {
  const found: TarEntry[] = [];
  const reader = new TarReader((entry) => void found.push(entry));
  reader.write(header);
  assert.equal(found.length, 1);
  const entry = found[0] as TarEntry;
  return entry.type === "directory" ? { ...entry, path: entry.path.replace(/\/$/, "") } : entry;
}

test("an entry that ustar can hold has no pax header", () => {
  const cases: Partial<TarEntry>[] = [
    {},
    { path: "n".repeat(100) },
    { path: `${"d".repeat(155)}/${"n".repeat(100)}` },
    { type: "directory", path: `${"d/".repeat(70)}n` },
    { uid: 0o7777777, gid: 0o7777777, mode: 0o7777 },
    { size: 0o77777777777, mtimeNs: BigInt(0o77777777777) * 1_000_000_000n },
    { type: "symlink", link: "t".repeat(100) },
    { type: "char", major: 255, minor: 0xfffff },
  ];
  for (const more of cases)
    assert.equal(encodeHeader({ ...plain, ...more }).length, 512, JSON.stringify({ ...more, mtimeNs: 0 }));
});

test("what ustar cannot hold is in a pax header, and only then", () => {
  const cases: Partial<TarEntry>[] = [
    { path: "n".repeat(101) },
    { path: `${"d".repeat(156)}/n${"n".repeat(100)}` },
    { path: "ü" },
    { uid: 0o7777777 + 1 },
    { gid: 4_294_967_294 },
    { size: 0o77777777777 + 1 },
    { mtimeNs: -1_000_000_000n },
    { mtimeNs: BigInt(0o77777777777 + 1) * 1_000_000_000n },
    { type: "symlink", link: "t".repeat(101) },
    { type: "hardlink", link: "ziel/für" },
    { xattrs: new Map([["user.a", Buffer.from([0, 61, 10])]]) },
  ];
  for (const more of cases) {
    const header = encodeHeader({ ...plain, ...more });
    assert.ok(header.length > 512);
    assert.deepEqual(readBack(header), { ...plain, ...more });
  }
});

test("times are cut to whole seconds, downwards also before 1970", () => {
  const seconds = (mtimeNs: bigint): bigint => readBack(encodeHeader({ ...plain, mtimeNs })).mtimeNs / 1_000_000_000n;
  assert.deepEqual([1_999_999_999n, 0n, -1n, -1_000_000_000n, -1_000_000_001n].map(seconds), [1n, 0n, -1n, -1n, -2n]);
});

test("the order in which attributes were listed does not show", () => {
  const pairs: [string, Buffer][] = ["user.b", "security.capability", "user.a"].map((name) => [name, Buffer.from(name)]);
  const one = encodeHeader({ ...plain, xattrs: new Map(pairs) });
  assert.ok(one.equals(encodeHeader({ ...plain, xattrs: new Map([...pairs].reverse()) })));
});

test("a record's length counts its own digits, also where they become more", () => {
  for (let length = 80; length < 1100; length++) {
    const path = "é".repeat(length);
    assert.equal(readBack(encodeHeader({ ...plain, path })).path, path);
  }
});

test("what is written is what is read, for entries of all kinds", () => {
  for (let seed = 1; seed <= 2000; seed++) {
    const entry = randomEntry(new Random(seed));
    assert.deepEqual(readBack(encodeHeader(entry)), entry, `seed ${seed}`);
  }
});

function randomEntry(random: Random): TarEntry {
  const word = (): string =>
    random.pick(["a", "b.txt", "ü", "文", "x y", "new\nline", "=", "%", "n".repeat(random.below(120) + 1)]);
  const path = Array.from({ length: random.below(5) + 1 }, word).join("/");
  const type = random.pick(["file", "directory", "symlink", "hardlink", "char", "block", "fifo"] as const);
  return {
    path,
    type,
    mode: random.below(0o10000),
    uid: random.pick([0, 1000, 2_097_151, 2_097_152, 4_294_967_294]),
    gid: random.pick([0, 1000, 2_097_151, 2_097_152, 4_294_967_294]),
    size: type === "file" ? random.pick([0, 1, 8_589_934_591, 8_589_934_592]) : 0,
    mtimeNs: BigInt(random.pick([0, 1, -1, -86_400, 1_700_000_000, 8_589_934_592])) * 1_000_000_000n,
    ...(type === "symlink" || type === "hardlink" ? { link: `../${path}` } : {}),
    ...(type === "char" || type === "block" ? { major: random.below(4096), minor: random.below(0x100000) } : {}),
    ...(random.below(3) === 0 ? { xattrs: new Map([["user.x", random.bytes(random.below(200))]]) } : {}),
  };
}

test("content is filled up to whole blocks", () => {
  assert.deepEqual([0, 1, 511, 512, 513].map(padding), [0, 511, 1, 0, 511]);
});
