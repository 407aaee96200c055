import assert from "node:assert/strict";
import { lstatSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import { listing, temporaryFolder, writeFiles } from "../../test/support/folder.ts";
import { Random } from "../../test/support/random.ts";
import { encode, padded, type RawEntry, tar } from "../../test/support/tar.ts";
import { digestOfBytes, SlipwayError } from "../core/index.ts";
import { isMachineRoot } from "./privilege.ts";
import { getXattr } from "./syscalls.ts";
import { unpackArchive, unpackLayer } from "./unpack.ts";

const needsRoot = isMachineRoot ? false : "needs root of the machine";

interface World {
  /** Where layers are unpacked. */
  readonly folder: string;
  /** Unpacks an archive; what comes of it lies in `folder`. */
  layer(...entries: RawEntry[]): Promise<void>;
  archive(...entries: RawEntry[]): Promise<void>;
  /** Fails if anything outside of `folder` is not as it was. */
  untouched(): void;
}

/** A folder to unpack into, with a victim beside it. */
function world(t: TestContext): World {
  const place = temporaryFolder(t);
  writeFiles(join(place, "victim"), { file: "safe", "deep/file": "safe" });
  const folder = join(place, "layers/one");
  mkdirSync(folder, { recursive: true });
  const file = join(place, "a.tar");
  writeFileSync(file, "");
  const outside = (): Record<string, string> =>
    Object.fromEntries(Object.entries(listing(place)).filter(([path]) => !path.startsWith("layers/one/") && path !== "a.tar"));
  const before = outside();
  const unpack = async (how: typeof unpackLayer, entries: RawEntry[]): Promise<void> => {
    writeFileSync(file, tar(...entries));
    await how({ file, compression: "none", folder });
  };
  return {
    folder,
    layer: (...entries) => unpack(unpackLayer, entries),
    archive: (...entries) => unpack(unpackArchive, entries),
    untouched: () => assert.deepEqual(outside(), before),
  };
}

const dir = (name: string, more: Partial<RawEntry> = {}): RawEntry => ({ name, flag: "5", mode: 0o755, ...more });
const file = (name: string, content = "new", more: Partial<RawEntry> = {}): RawEntry => ({ name, content, ...more });
const symlink = (name: string, link: string): RawEntry => ({ name, flag: "2", link, mode: 0o777 });
const hardlink = (name: string, link: string): RawEntry => ({ name, flag: "1", link });

const hostile: Record<string, readonly [code: string, entries: RawEntry[]]> = {
  "a name with ..": ["ARCHIVE_ENTRY_ESCAPES", [file("../evil")]],
  "a name with .. further in": ["ARCHIVE_ENTRY_ESCAPES", [dir("a"), file("a/../../evil")]],
  "a directory with ..": ["ARCHIVE_ENTRY_ESCAPES", [dir("../../victim", { mode: 0o700 })]],
  "the folder above": ["ARCHIVE_ENTRY_ESCAPES", [dir("..", { mode: 0o700 })]],
  "a file through a link that leads out": ["ARCHIVE_ENTRY_ESCAPES", [symlink("out", "../../victim"), file("out/file")]],
  "a directory through a link that leads out": ["ARCHIVE_ENTRY_ESCAPES", [symlink("out", ".."), dir("out/evil")]],
  "a link through a link that leads out": [
    "ARCHIVE_ENTRY_ESCAPES",
    [symlink("a", "b/.."), symlink("b", ".."), symlink("a/evil", "x")],
  ],
  "a whiteout through a link that leads out": ["ARCHIVE_ENTRY_ESCAPES", [symlink("out", "../.."), file("out/.wh.victim")]],
  "an opaque mark through a link that leads out": [
    "ARCHIVE_ENTRY_ESCAPES",
    [symlink("out", "../../victim"), file("out/.wh..wh..opq")],
  ],
  "a hard link to a name with ..": ["ARCHIVE_ENTRY_ESCAPES", [hardlink("mine", "../../victim/file")]],
  "a hard link through a link that leads out": [
    "ARCHIVE_ENTRY_ESCAPES",
    [symlink("out", "../../victim"), hardlink("mine", "out/file")],
  ],
  "a hard link to a file that only the host has": ["ARCHIVE_LINK_MISSING", [hardlink("mine", "/etc/passwd")]],
  "a hard link through a folder that is not there": ["ARCHIVE_LINK_MISSING", [hardlink("mine", "no/file")]],
  "a hard link to itself": ["ARCHIVE_LINK_MISSING", [file("a"), hardlink("a", "a")]],
  "a hard link to a directory": ["ARCHIVE_ENTRY_UNWRITABLE", [dir("d"), hardlink("mine", "d")]],
  "links in a circle": ["PATH_LINK_LOOP", [symlink("a", "b"), symlink("b", "a"), file("a/x")]],
  "a file below a file": ["ARCHIVE_ENTRY_UNWRITABLE", [file("a"), file("a/b")]],
  "a root that is no directory": ["ARCHIVE_ENTRY_UNWRITABLE", [symlink("./", "/etc")]],
  "a link to nothing": ["ARCHIVE_ENTRY_UNWRITABLE", [symlink("a", "")]],
  "a link with a NUL": ["ARCHIVE_ENTRY_UNWRITABLE", [{ ...symlink("a", ""), pax: [["linkpath", "x\0y"]] }]],
  "a name with a NUL": ["ARCHIVE_ENTRY_UNWRITABLE", [{ ...file("a"), pax: [["path", "x\0y"]] }]],
  "a name that is too long for the disk": ["ARCHIVE_ENTRY_UNWRITABLE", [{ ...file("a"), pax: [["path", "x".repeat(300)]] }]],
};
for (const [what, [code, entries]] of Object.entries(hostile)) {
  for (const how of ["layer", "archive"] as const) {
    if (how === "archive" && what.includes("whiteout")) continue;
    test(`${what} is refused in ${how === "layer" ? "a layer" : "an archive"}, and nothing outside is touched`, async (t) => {
      const w = world(t);
      await assert.rejects(w[how](...entries), { code });
      w.untouched();
    });
  }
}

for (const name of [".wh.", ".wh..", ".wh..."]) {
  test(`the whiteout ${name} is refused: it would delete the folder it lies in, or the one above`, async (t) => {
    const w = world(t);
    await assert.rejects(w.layer(dir("a"), file(`a/${name}`)), { code: "ARCHIVE_ENTRY_UNWRITABLE" });
    assert.equal(getXattr(w.folder, "trusted.overlay.opaque"), undefined);
    w.untouched();
  });
}

test("names are below the folder, also with slashes at the front and .. that stays inside", async (t) => {
  const w = world(t);
  await w.layer(
    dir("/abs/"),
    file("//abs/one", "1"),
    dir("./dot/"),
    file("dot/../abs/./two", "2"),
    file("/../three", "3"),
    hardlink("four", "/abs/one"),
  );
  assert.deepEqual(listing(w.folder), {
    abs: "directory 755",
    "abs/one": "file 644 1",
    "abs/two": "file 644 2",
    dot: "directory 755",
    four: "file 644 1",
    three: "file 644 3",
  });
  w.untouched();
});

test("a link that stays inside is followed, with the folder as its root", async (t) => {
  const w = world(t);
  await w.layer(
    dir("usr/lib"),
    symlink("lib", "usr/lib"),
    symlink("abs", "/usr/lib"),
    symlink("usr/up", "../usr/./lib/../lib"),
    file("lib/a", "1"),
    file("abs/b", "2"),
    file("usr/up/c", "3"),
    hardlink("d", "abs/a"),
  );
  const { "usr/lib/a": a, "usr/lib/b": b, "usr/lib/c": c, d, lib } = listing(w.folder);
  assert.deepEqual([a, b, c, d, lib], ["file 644 1", "file 644 2", "file 644 3", "file 644 1", "symlink usr/lib"]);
  w.untouched();
});

test("an entry replaces a link, and never writes through it", async (t) => {
  const w = world(t);
  await w.layer(
    symlink("a", "../../victim/file"),
    symlink("b", "../../victim"),
    file("a"),
    dir("b", { mode: 0o700 }),
    file("b/file"),
  );
  assert.deepEqual(listing(w.folder), { a: "file 644 new", b: "directory 700", "b/file": "file 644 new" });
  w.untouched();
});

test("a hard link to a link links the link itself", async (t) => {
  const w = world(t);
  await w.layer(symlink("a", "/etc/passwd"), hardlink("b", "a"));
  assert.deepEqual(listing(w.folder), { a: "symlink /etc/passwd", b: "symlink /etc/passwd" });
  assert.equal(lstatSync(join(w.folder, "a")).nlink, 2);
});

test("a link in place of a directory is met anew by what comes later", async (t) => {
  const w = world(t);
  await assert.rejects(w.layer(dir("a"), file("a/x"), symlink("a", "../../victim"), file("a/file")), {
    code: "ARCHIVE_ENTRY_ESCAPES",
  });
  w.untouched();
});

test("the last of several entries of one name stays, and a directory keeps its files", async (t) => {
  const w = world(t);
  await w.layer(
    dir("d"),
    file("d/x", "1"),
    file("d/x", "2"),
    dir("d", { mode: 0o711 }),
    dir("e"),
    file("e/y"),
    file("e", "no folder"),
  );
  assert.deepEqual(listing(w.folder), { d: "directory 711", "d/x": "file 644 2", e: "file 644 no folder" });
});

test("nothing that a random hostile archive says is written outside, and what is refused has a code", async (t) => {
  const parts = ["a", "b", "c", "..", ".", "", "../..", "victim", "file", ".wh.a", ".wh..wh..opq", ".wh..", "/"];
  for (let seed = 1; seed <= 60; seed++) {
    const random = new Random(seed);
    const w = world(t);
    const name = (): string => Array.from({ length: 1 + random.below(4) }, () => random.pick(parts)).join("/");
    const entries = Array.from({ length: 12 }, () =>
      random.pick([file, dir, symlink, symlink, hardlink])(name(), name() as never),
    );
    const each = entries.map((entry) => (typeof entry.content === "object" ? { ...entry, content: "x" } : entry));
    await w.layer(...each).catch((error) => assert.ok(error instanceof SlipwayError, `seed ${seed}: ${(error as Error).stack}`));
    w.untouched();
  }
});

test("modes, with the sticky and set-id bits, are those of the archive, whatever the umask", async (t) => {
  const w = world(t);
  const before = process.umask(0o077);
  try {
    await w.layer(
      dir("tmp", { mode: 0o1777 }),
      file("su", "x", { mode: 0o6755 }),
      file("none", "x", { mode: 0 }),
      file("deep/in/it", "x"),
    );
  } finally {
    process.umask(before);
  }
  assert.deepEqual(listing(w.folder), {
    deep: "directory 755",
    "deep/in": "directory 755",
    "deep/in/it": "file 644 x",
    none: "file 0 x",
    su: "file 6755 x",
    tmp: "directory 1777",
  });
});

test("owners and file capabilities are kept", { skip: needsRoot }, async (t) => {
  const w = world(t);
  const capability = Buffer.from("0100000200040000000000000000000000000000", "hex");
  await w.layer(
    file("ping", "x", { uid: 1000, gid: 2000, mode: 0o4755, pax: [["SCHILY.xattr.security.capability", capability]] }),
    dir("d", { uid: 7, gid: 8, pax: [["SCHILY.xattr.user.note", "grüß"]] }),
    { ...symlink("s", "ping"), uid: 9, gid: 10 },
    file("large", "x", {
      pax: [
        ["uid", "3000000"],
        ["gid", "4294967294"],
      ],
    }), // prettier-ignore
  );
  const owner = (name: string): number[] => {
    const { uid, gid } = lstatSync(join(w.folder, name));
    return [uid, gid];
  };
  assert.deepEqual(["ping", "d", "s", "large"].map(owner), [
    [1000, 2000],
    [7, 8],
    [9, 10],
    [3_000_000, 4_294_967_294],
  ]); // prettier-ignore
  assert.deepEqual(getXattr(join(w.folder, "ping"), "security.capability"), capability);
  assert.equal(getXattr(join(w.folder, "d"), "user.note")?.toString(), "grüß");
  assert.equal(listing(w.folder)["ping"], "file 4755 x");
});

test("attributes of overlayfs in an archive do not become marks", { skip: needsRoot }, async (t) => {
  const w = world(t);
  await w.layer(
    dir("d", {
      pax: [
        ["SCHILY.xattr.trusted.overlay.opaque", "y"],
        ["SCHILY.xattr.trusted.overlay.redirect", "/etc"],
      ],
    }),
  ); // prettier-ignore
  assert.equal(getXattr(join(w.folder, "d"), "trusted.overlay.opaque"), undefined);
  assert.equal(getXattr(join(w.folder, "d"), "trusted.overlay.redirect"), undefined);
});

test("times are kept to the nanosecond, those of directories too, and before 1970", async (t) => {
  const w = world(t);
  await w.layer(
    dir("d", { mtime: 1_000_000_000 }),
    file("d/x", "x", { pax: [["mtime", "1234567890.123456789"]] }),
    file("d/old", "x", { pax: [["mtime", "-1.5"]] }),
    file("d/older", "x", { pax: [["mtime", "-86400"]] }),
    { ...symlink("d/s", "x"), mtime: 42 },
  );
  const time = (name: string): bigint => lstatSync(join(w.folder, name), { bigint: true }).mtimeNs;
  assert.deepEqual(["d", "d/x", "d/old", "d/older", "d/s"].map(time), [
    1_000_000_000_000_000_000n,
    1_234_567_890_123_456_789n,
    -1_500_000_000n,
    -86_400_000_000_000n,
    42_000_000_000n,
  ]);
});

test("hard links share one inode; device nodes and fifos are made", { skip: needsRoot }, async (t) => {
  const w = world(t);
  await w.layer(
    file("a", "same"),
    hardlink("b", "a"),
    { name: "null", flag: "3", device: [1, 3], mode: 0o666 },
    { name: "loop", flag: "4", device: [7, 300], mode: 0o660 },
    { name: "pipe", flag: "6", mode: 0o600 },
  );
  assert.equal(statSync(join(w.folder, "a")).ino, statSync(join(w.folder, "b")).ino);
  assert.deepEqual(listing(w.folder), {
    a: "file 644 same",
    b: "file 644 same",
    loop: "block 7:300 660",
    null: "char 1:3 666",
    pipe: "fifo 600",
  });
});

test("whiteouts become devices 0:0, opaque marks an attribute; in an archive they are files", { skip: needsRoot }, async (t) => {
  const w = world(t);
  await w.layer(file("d/.wh.gone", ""), file("d/.wh..wh..opq", ""), file(".wh..wh.plnk", ""));
  assert.deepEqual(listing(w.folder), { d: "directory 755", "d/gone": "char 0:0 0" });
  assert.equal(getXattr(join(w.folder, "d"), "trusted.overlay.opaque")?.toString(), "y");
  const plain = world(t);
  await plain.archive(file(".wh.gone", ""));
  assert.deepEqual(listing(plain.folder), { ".wh.gone": "file 644 " });
});

test("what a layer deletes and makes anew hides all below it, in whichever order it says so", { skip: needsRoot }, async (t) => {
  const orders = [
    [file(".wh.d", ""), dir("d"), file("d/x")],
    [dir("d"), file("d/x"), file(".wh.d", "")],
    [file(".wh.d", ""), file("d/x")],
  ];
  for (const entries of orders) {
    const w = world(t);
    await w.layer(...entries);
    assert.deepEqual(listing(w.folder), { d: "directory 755", "d/x": "file 644 new" });
    assert.equal(getXattr(join(w.folder, "d"), "trusted.overlay.opaque")?.toString(), "y");
  }
  const w = world(t);
  await w.layer(file("f", "kept"), file(".wh.f", ""));
  assert.deepEqual(listing(w.folder), { f: "file 644 kept" });
});

test("the digest and size are those of the plain bytes, whatever is behind the end of the archive", async (t) => {
  const w = world(t);
  const plain = Buffer.concat([tar(file("a")), Buffer.from("rubbish")]);
  const path = join(w.folder, "../a.tar.gz");
  writeFileSync(path, gzipSync(plain));
  const { diffId, size } = await unpackLayer({ file: path, compression: "gzip", folder: w.folder });
  assert.deepEqual([diffId, size], [digestOfBytes(plain), plain.length]);
  assert.equal(readFileSync(join(w.folder, "a"), "utf8"), "new");
});

test("an archive that is cut off is refused wherever the cut is", async (t) => {
  const w = world(t);
  const whole = Buffer.concat([encode(file("a", "x".repeat(700))), encode({ ...file("b"), pax: [["path", "c"]] })]);
  const path = join(w.folder, "../cut.tar");
  for (const length of [0, 100, 512, 900, 2048 + 100, 2048 + 512 + 3, 2048 + 1024 + 2]) {
    writeFileSync(path, whole.subarray(0, length));
    await assert.rejects(
      unpackLayer({ file: path, compression: "none", folder: w.folder }),
      { code: "TAR_DAMAGED" },
      `${length}`,
    );
  }
  writeFileSync(path, gzipSync(padded(whole)).subarray(0, 60));
  await assert.rejects(unpackLayer({ file: path, compression: "gzip", folder: w.folder }), { code: "COMPRESSION_DAMAGED" });
});
