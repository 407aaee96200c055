import assert from "node:assert/strict";
import {
  chmodSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { listing, temporaryFolder, writeFiles } from "../../test/support/folder.ts";
import { Random } from "../../test/support/random.ts";
import { digestOfBytes } from "../core/index.ts";
import { inByteOrder, packLayer } from "./pack.ts";
import { isMachineRoot } from "./privilege.ts";
import { getXattr, listXattrs, makeNode, setTimes, setXattr } from "./syscalls.ts";
import type { TarEntry } from "./tar-header.ts";
import { TarReader } from "./tar-read.ts";
import { unpackLayer } from "./unpack.ts";
import { isWhiteout, markOpaque, writeWhiteout } from "./whiteout.ts";

const needsRoot = isMachineRoot ? false : "needs root of the machine";

function entriesOf(folder: string, latest?: number): TarEntry[] {
  const file = `${folder}.tar`;
  rmSync(file, { force: true });
  packLayer({ folder, file, ...(latest === undefined ? {} : { latest }) });
  const found: TarEntry[] = [];
  const reader = new TarReader((entry) => void found.push(entry));
  reader.write(readFileSync(file));
  reader.finish();
  return found;
}

const paths = (entries: readonly TarEntry[]): string[] => entries.map(({ path }) => path);

test("entries come in byte order of their names, parents first", (t) => {
  const folder = writeFiles(join(temporaryFolder(t), "l"), {
    "b/z": "",
    "b/a": "",
    "a-": "",
    "a/x": "",
    B: "",
    é: "",
    "\u{1f600}": "",
    "\uffee": "",
  }); // prettier-ignore
  assert.deepEqual(paths(entriesOf(folder)), ["B", "a/", "a/x", "a-", "b/", "b/a", "b/z", "é", "\uffee", "\u{1f600}"]);
});

test("names are ordered as bytes, not as JavaScript orders them", () => {
  assert.deepEqual(inByteOrder(["\u{1f600}", "\uffee", "a", "B"]), ["B", "a", "\uffee", "\u{1f600}"]);
});

test("the digest is that of the file that is written, and the same without one", (t) => {
  const folder = writeFiles(join(temporaryFolder(t), "l"), { a: "x".repeat(1000), "d/b": "" });
  const written = packLayer({ folder, file: `${folder}.tar` });
  const bytes = readFileSync(`${folder}.tar`);
  const newest = Math.max(...["a", "d", "d/b"].map((name) => Math.floor(lstatSync(join(folder, name)).mtimeMs / 1000) * 1000));
  assert.deepEqual(written, { diffId: digestOfBytes(bytes), size: bytes.length, newest });
  assert.equal(bytes.length % 512, 0);
  assert.deepEqual(packLayer({ folder }), written);
});

test("an empty layer is an empty archive", (t) => {
  const folder = writeFiles(join(temporaryFolder(t), "l"), {});
  assert.deepEqual(packLayer({ folder }), { diffId: digestOfBytes(Buffer.alloc(1024)), size: 1024, newest: 0 });
});

test("the order in which files were made does not show, nor which link was first", (t) => {
  const place = temporaryFolder(t);
  const names = ["a", "b", "c", "d/x", "d/y", "e"];
  const make = (folder: string, order: readonly string[]): string => {
    for (const name of order) {
      mkdirSync(join(folder, name, ".."), { recursive: true });
      if (name > "d" && lstatSync(join(folder, "d/x"), { throwIfNoEntry: false }))
        linkSync(join(folder, "d/x"), join(folder, name));
      else if (name > "d" && lstatSync(join(folder, "e"), { throwIfNoEntry: false }))
        linkSync(join(folder, "e"), join(folder, name));
      else if (name > "d" && lstatSync(join(folder, "d/y"), { throwIfNoEntry: false }))
        linkSync(join(folder, "d/y"), join(folder, name));
      else writeFileSync(join(folder, name), name > "d" ? "linked" : name);
    }
    for (const name of [...names, "d"]) lutimesSync(join(folder, name), 1, 1);
    return packLayer({ folder }).diffId;
  };
  const [one, two] = [make(join(place, "1"), names), make(join(place, "2"), [...names].reverse())];
  assert.equal(one, two);
});

test("the first path of an inode is the file, the others are links to it", (t) => {
  const folder = writeFiles(join(temporaryFolder(t), "l"), { "z/b": "same" });
  linkSync(join(folder, "z/b"), join(folder, "z/a"));
  linkSync(join(folder, "z/b"), join(folder, "c"));
  assert.deepEqual(
    entriesOf(folder).map(({ path, type, link, size }) => [path, type, link, size]),
    [
      ["c", "file", undefined, 4],
      ["z/", "directory", undefined, 0],
      ["z/a", "hardlink", "c", 0],
      ["z/b", "hardlink", "c", 0],
    ],
  );
});

test("times after the latest one become that; earlier ones stay", (t) => {
  const folder = writeFiles(join(temporaryFolder(t), "l"), { old: "", young: "" });
  lutimesSync(join(folder, "old"), 100, 100);
  assert.deepEqual(
    entriesOf(folder, 1000).map(({ mtimeNs }) => mtimeNs / 1_000_000_000n),
    [100n, 1000n],
  );
});

test("sockets are left out", async (t) => {
  const folder = writeFiles(join(temporaryFolder(t), "l"), { a: "" });
  const server = createServer().listen(join(folder, "socket"));
  await new Promise((resolve) => server.on("listening", resolve));
  const found = paths(entriesOf(folder));
  server.close();
  assert.deepEqual(found, ["a"]);
});

test("deletions are written as the image-spec has them", { skip: needsRoot }, (t) => {
  const folder = writeFiles(join(temporaryFolder(t), "l"), { "d/kept": "" });
  writeWhiteout(join(folder, "gone"));
  writeWhiteout(join(folder, "d/gone"));
  markOpaque(join(folder, "d"));
  assert.deepEqual(paths(entriesOf(folder)), ["d/", "d/.wh..wh..opq", "d/.wh.gone", "d/kept", ".wh.gone"]);
  markOpaque(folder);
  assert.deepEqual(paths(entriesOf(folder))[0], ".wh..wh..opq");
});

test("marks of overlayfs and labels of this machine stay out, capabilities and the user's attributes go in", {
  skip: needsRoot,
}, (t) => {
  const folder = writeFiles(join(temporaryFolder(t), "l"), { a: "" });
  setXattr(join(folder, "a"), "trusted.overlay.origin", Buffer.from("x"));
  setXattr(join(folder, "a"), "user.grüße", Buffer.from("y"));
  setXattr(join(folder, "a"), "security.capability", Buffer.from("0100000200040000000000000000000000000000", "hex"));
  assert.deepEqual([...(entriesOf(folder)[0]?.xattrs?.keys() ?? [])], ["security.capability", "user.grüße"]);
});

for (let seed = 1; seed <= 8; seed++) {
  test(`a random layer (seed ${seed}) is the same after packing and unpacking, and packs to the same bytes`, {
    skip: needsRoot,
  }, async (t) => {
    const place = temporaryFolder(t);
    const [before, after] = [join(place, "before"), join(place, "after")];
    mkdirSync(before);
    mkdirSync(after);
    grow(before, new Random(seed));
    const packed = packLayer({ folder: before, file: join(place, "tar") });
    const unpacked = await unpackLayer({ file: join(place, "tar"), compression: "none", folder: after });
    assert.deepEqual(unpacked, packed);
    assert.deepEqual(portrait(after), portrait(before));
    assert.deepEqual(packLayer({ folder: after }), packed);
  });
}

/** Puts files of all kinds into a folder. */
function grow(folder: string, random: Random, depth = 0): void {
  const inodes: string[] = [];
  for (let i = random.below(12) + (depth === 0 ? 8 : 0); i > 0; i--) {
    const name =
      random.pick(["a", "b", "c", "ü", "\u{1f600}", ".hidden", "sp ace", "new\nline", `long-${"n".repeat(random.below(180))}`]) +
      i;
    const path = join(folder, name);
    const kind = random.below(12);
    if (kind < 3 && depth < 4) {
      mkdirSync(path);
      grow(path, random, depth + 1);
      if (random.below(4) === 0) markOpaque(path);
    } else if (kind === 3) symlinkSync(random.pick(["../a", "/etc/passwd", `x${"y".repeat(random.below(200))}`, "ziel-ü"]), path);
    else if (kind === 4) makeNode(path, "fifo", 0o644);
    else if (kind === 5) makeNode(path, random.pick(["char", "block"]), 0o600, 1 + random.below(4000), random.below(100_000));
    else if (kind === 6) {
      writeWhiteout(path);
      setTimes(path, 1_600_000_000_000_000_000n);
      continue;
    } else if (kind === 7 && inodes.length > 0) {
      linkSync(random.pick(inodes), path);
      continue;
    } else {
      writeFileSync(path, random.bytes(random.pick([0, 1, 511, 512, 513, 3000])));
      inodes.push(path);
    }
    describe(path, random);
  }
}

function describe(path: string, random: Random): void {
  lchownSync(path, random.pick([0, 1000, 3_000_000]), random.pick([0, 100]));
  if (!lstatSync(path).isSymbolicLink()) chmodSync(path, random.pick([0o644, 0o755, 0o4755, 0o1777, 0o000, 0o2750]));
  const stat = lstatSync(path);
  if ((stat.isFile() || stat.isDirectory()) && random.below(3) === 0) setXattr(path, "user.note", random.bytes(random.below(50)));
  setTimes(path, BigInt(random.pick([0, 1, 1_700_000_000, -86_400])) * 1_000_000_000n);
}

/** All that counts of a layer's folder. Inodes are told by the first path that has them. */
function portrait(folder: string): Record<string, unknown> {
  const leaders = new Map<bigint, string>();
  const found: Record<string, unknown> = {};
  for (const path of Object.keys(listing(folder))) {
    const host = join(folder, path);
    const stat = lstatSync(host, { bigint: true });
    if (isWhiteout(stat)) {
      found[path] = `whiteout ${stat.mtimeNs}`;
      continue;
    }
    const leader = leaders.get(stat.ino) ?? path;
    leaders.set(stat.ino, leader);
    const xattrs = listXattrs(host).map((name) => [name, getXattr(host, name)?.toString("hex")]);
    const device = stat.isCharacterDevice() || stat.isBlockDevice() ? stat.rdev : 0n;
    const content = stat.isFile() ? digestOfBytes(readFileSync(host)) : stat.isSymbolicLink() ? readlinkSync(host) : "";
    found[path] = [stat.mode, stat.uid, stat.gid, stat.mtimeNs, device, leader, xattrs.sort(), content].map(String);
  }
  return found;
}
