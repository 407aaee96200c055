import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../test/support/random.ts";
import { base256, encode, octal, padded, paxRecords, type RawEntry, tar } from "../../test/support/tar.ts";
import { SlipwayError } from "../core/index.ts";
import type { TarEntry } from "./tar-header.ts";
import { TarReader } from "./tar-read.ts";

interface Read extends TarEntry {
  /** The content, holes as zeros. */
  readonly content: Buffer;
  /** Bytes of holes. */
  readonly holes: number;
}

/** All entries of an archive, given to the reader in pieces of some length. */
function read(bytes: Buffer, piece = bytes.length): Read[] {
  const found: Read[] = [];
  const reader = new TarReader((entry) => {
    const parts: Buffer[] = [];
    const at = found.push({ ...entry, content: Buffer.alloc(0), holes: 0 }) - 1;
    let holes = 0;
    return {
      write: (chunk) => void parts.push(Buffer.from(chunk)),
      hole: (length) => {
        holes += length;
        parts.push(Buffer.alloc(length));
      },
      end: () => {
        found[at] = { ...(found[at] as Read), content: Buffer.concat(parts), holes };
      },
    };
  });
  for (let at = 0; at < bytes.length; at += piece) reader.write(bytes.subarray(at, at + piece));
  reader.finish();
  return found;
}

const one = (entry: RawEntry): Read => read(tar(entry))[0] as Read;
const text = (entry: RawEntry): string => one(entry).content.toString();

test("an entry has the header's fields and its content", () => {
  const entry = one({ name: "bin/sh", content: "#!", mode: 0o4755, uid: 1, gid: 2, mtime: 3 });
  const { path, type, mode, uid, gid, size, mtimeNs, content } = entry;
  assert.deepEqual([path, type, mode, uid, gid, size, mtimeNs], ["bin/sh", "file", 0o4755, 1, 2, 2, 3_000_000_000n]);
  assert.equal(content.toString(), "#!");
});

test("an archive reads the same in pieces of any length", () => {
  const bytes = tar(
    { name: "a", content: "x".repeat(1000) },
    { name: "long", pax: [["path", "y".repeat(600)]], content: "z" },
    { name: "d/", flag: "5" },
  );
  const whole = read(bytes);
  for (const piece of [1, 7, 511, 512, 513, 1000]) assert.deepEqual(read(bytes, piece), whole, `pieces of ${piece}`);
});

test("ustar's prefix comes before the name; GNU's header has other things there", () => {
  assert.equal(one({ name: "name", patch: (header) => void header.write("some/prefix", 345) }).path, "some/prefix/name");
  const gnu = (header: Buffer): void => {
    header.write("ustar  \0", 257);
    header.write(octal(1, 12), 345);
  };
  assert.equal(one({ name: "name", patch: gnu }).path, "name");
});

test("a name of a hundred bytes has no NUL behind it", () => {
  assert.equal(one({ name: "n".repeat(100) }).path, "n".repeat(100));
});

test("GNU's long names and link names are read", () => {
  const long = `${"deep/".repeat(60)}file`;
  const [entry] = read(
    tar(
      { name: "././@LongLink", flag: "L", content: `${long}\0` },
      { name: "././@LongLink", flag: "K", content: "t".repeat(200) },
      { name: "short", flag: "2", link: "l" },
    ), // prettier-ignore
  );
  assert.deepEqual([entry?.path, entry?.link], [long, "t".repeat(200)]);
});

test("a long name is that of the next entry alone", () => {
  const paths = read(
    tar({ name: "L", flag: "L", content: "long\0" }, { name: "a" }, { name: "b", pax: [["path", "pax"]] }, { name: "c" }),
  ).map((entry) => entry.path); // prettier-ignore
  assert.deepEqual(paths, ["long", "pax", "c"]);
});

test("records of pax overrule the header", () => {
  const entry = one({
    name: "short",
    content: "",
    pax: [
      ["path", "größer/als\nalles"],
      ["uid", "3000000000"],
      ["gid", "2147483648"],
      ["mtime", "1234567890.987654321"],
      ["SCHILY.xattr.user.a", Buffer.from([0, 10, 255])],
      ["LIBARCHIVE.xattr.user.b", "AAE="],
    ],
  });
  assert.equal(entry.path, "größer/als\nalles");
  assert.deepEqual([entry.uid, entry.gid, entry.mtimeNs], [3_000_000_000, 2_147_483_648, 1_234_567_890_987_654_321n]);
  assert.deepEqual(entry.xattrs?.get("user.a"), Buffer.from([0, 10, 255]));
  assert.deepEqual(entry.xattrs?.get("user.b"), Buffer.from([0, 1]));
});

test("a size in pax is the one that counts", () => {
  const entries = read(tar({ name: "a", content: "x".repeat(600), size: 0, pax: [["size", "600"]] }, { name: "b" }));
  assert.deepEqual(
    entries.map(({ path, content }) => [path, content.length]),
    [
      ["a", 600],
      ["b", 0],
    ], // prettier-ignore
  );
});

test("global records count for all that follows, until one of its own takes them back", () => {
  const entries = read(
    tar({ name: "g", flag: "g", content: paxRecords([["path", "global"]]) }, { name: "a" }, { name: "b", pax: [["path", ""]] }),
  ); // prettier-ignore
  assert.deepEqual(
    entries.map((entry) => entry.path),
    ["global", "b"],
  );
});

test("binary numbers are read, negative ones too", () => {
  const put = (at: number, value: bigint, width: number) => (header: Buffer) => void base256(value, width).copy(header, at);
  assert.equal(one({ name: "a", patch: put(108, 2_000_000_001n, 8) }).uid, 2_000_000_001);
  assert.equal(one({ name: "a", patch: put(136, -5n, 12) }).mtimeNs, -5_000_000_000n);
  const large = new TarReader((entry) => void assert.equal(entry.size, 9_000_000_000));
  large.write(encode({ name: "a", patch: put(124, 9_000_000_000n, 12) }));
});

test("numbers may have blanks around them, or none at all", () => {
  const fields = (header: Buffer): void => {
    header.write("   755 \0", 100);
    header.fill(0, 108, 124);
  };
  const { mode, uid, gid } = one({ name: "a", patch: fields });
  assert.deepEqual([mode, uid, gid], [0o755, 0, 0]);
});

test("in the oldest form a slash at the end makes a directory", () => {
  assert.equal(one({ name: "d/", flag: "\0" }).type, "directory");
  assert.equal(one({ name: "f", flag: "\0" }).type, "file");
});

test("only files have a content, whatever size the header has", () => {
  const paths = read(
    tar({ name: "h", flag: "1", link: "x", size: 512 }, { name: "d", flag: "5", size: 4096 }, { name: "a" }),
  ).map(({ path }) => path); // prettier-ignore
  assert.deepEqual(paths, ["h", "d", "a"]);
});

test("entries of unknown types are passed over with their content", () => {
  const paths = read(tar({ name: "v", flag: "V", content: "x".repeat(700) }, { name: "a" })).map(({ path }) => path);
  assert.deepEqual(paths, ["a"]);
});

test("devices have their numbers", () => {
  const { type, major, minor } = one({ name: "null", flag: "3", device: [1, 300] });
  assert.deepEqual([type, major, minor], ["char", 1, 300]);
});

test("one empty block ends the archive", () => {
  const bytes = Buffer.concat([encode({ name: "a" }), Buffer.alloc(512), encode({ name: "b" })]);
  assert.deepEqual(
    read(bytes).map(({ path }) => path),
    ["a"],
  );
  assert.deepEqual(read(Buffer.alloc(1024)), []);
});

/** A file of 5000 bytes: 10 at 1000, 600 at 3000. */
const pieces = [Buffer.alloc(10, "a"), Buffer.alloc(600, "b")] as const;
const holey = Buffer.alloc(5000);
pieces[0].copy(holey, 1000);
pieces[1].copy(holey, 3000);
const packed = Buffer.concat(pieces);

const oldGnu =
  (map: readonly number[], size: number, rest: Buffer = Buffer.alloc(0)) =>
  (header: Buffer) => {
    header.write("ustar  \0", 257);
    for (const [at, number] of map.entries()) header.write(octal(number, 12), 386 + at * 12);
    if (rest.length > 0) header[482] = 1;
    header.write(octal(size, 12), 483);
  };

const sparse: Record<string, RawEntry> = {
  "GNU's old form": { name: "s", flag: "S", content: packed, patch: oldGnu([1000, 10, 3000, 600, 5000, 0], 5000) },
  "pax 0.0": {
    name: "s",
    content: packed,
    pax: [
      ["GNU.sparse.size", "5000"],
      ["GNU.sparse.numblocks", "2"],
      ["GNU.sparse.offset", "1000"],
      ["GNU.sparse.numbytes", "10"],
      ["GNU.sparse.offset", "3000"],
      ["GNU.sparse.numbytes", "600"],
    ],
  },
  "pax 0.1": {
    name: "GNUSparseFile.1/s",
    content: packed,
    pax: [
      ["GNU.sparse.size", "5000"],
      ["GNU.sparse.map", "1000,10,3000,600"],
      ["GNU.sparse.name", "s"],
    ],
  },
  "pax 1.0": {
    name: "GNUSparseFile.1/s",
    content: Buffer.concat([padded(Buffer.from("2\n1000\n10\n3000\n600\n")), packed]),
    pax: [
      ["GNU.sparse.major", "1"],
      ["GNU.sparse.minor", "0"],
      ["GNU.sparse.name", "s"],
      ["GNU.sparse.realsize", "5000"],
    ],
  },
};
for (const [form, entry] of Object.entries(sparse)) {
  test(`a sparse file in ${form} has its holes, and what follows it is found`, () => {
    for (const length of [1, 13, 512, 100_000]) {
      const [file, next] = read(tar(entry, { name: "next", content: "!" }), length);
      assert.deepEqual([file?.path, file?.type, file?.size, file?.holes], ["s", "file", 5000, 4390]);
      assert.ok(file?.content.equals(holey));
      assert.equal(next?.content.toString(), "!");
    }
  });
}

test("a map in GNU's old form goes on in further blocks", () => {
  const numbers = Array.from({ length: 30 }, (_, i) => [i * 10, 1]).flat();
  const content = Buffer.from(Array.from({ length: 30 }, (_, i) => 65 + i));
  const more = Buffer.alloc(1024);
  for (const [i, number] of numbers.slice(8).entries()) more.write(octal(number, 12), i < 42 ? i * 12 : 512 + (i - 42) * 12);
  more[504] = 1;
  const header = encode({ name: "s", flag: "S", size: 30, patch: oldGnu(numbers.slice(0, 8), 300, more) });
  const [file, next] = read(Buffer.concat([header, more, padded(content), tar({ name: "next" })]), 100);
  assert.equal(file?.content.length, 300);
  for (let i = 0; i < 30; i++) assert.equal(file?.content[i * 10], 65 + i);
  assert.equal(next?.path, "next");
});

test("a file that is one hole has no content", () => {
  const file = one({ name: "s", flag: "S", patch: oldGnu([4096, 0], 4096) });
  assert.deepEqual([file.size, file.holes], [4096, 4096]);
});

test("a sink without holes takes no sparse file", () => {
  const reader = new TarReader(() => ({ write() {}, end() {} }));
  assert.throws(() => reader.write(tar(sparse["pax 0.1"] as RawEntry)), { code: "TAR_SPARSE" });
});

const damaged: Record<string, Buffer> = {
  "a wrong checksum": Buffer.concat([Buffer.alloc(512, "x"), Buffer.alloc(1024)]),
  "a size that is none": tar({ name: "a", patch: (header) => void header.write("12x45678901\0", 124) }),
  "a size below zero": tar({ name: "a", patch: (header) => void base256(-1n, 12).copy(header, 124) }),
  "a size beyond all bounds": tar({ name: "a", patch: (header) => void base256(1n << 80n, 12).copy(header, 124) }),
  "a long name beyond all bounds": tar({ name: "a", flag: "L", size: 0o7777777777 }),
  "a record whose length is none": tar({ name: "x", flag: "x", content: "abc path=x\n" }),
  "a record longer than its header": tar({ name: "x", flag: "x", content: "99 path=x\n" }),
  "a record without an end": tar({ name: "x", flag: "x", content: "10 path=xy" }),
  "a record of nothing": tar({ name: "x", flag: "x", content: "0 \n" }),
  "a record with a size that is none": tar({ name: "a", pax: [["size", "1e3"]] }),
  "a sparse map out of order": tar({
    ...sparse["pax 0.1"],
    pax: [
      ["GNU.sparse.size", "5000"],
      ["GNU.sparse.map", "3000,600,1000,10"],
    ],
  } as RawEntry), // prettier-ignore
  "a sparse map with half a piece": tar({
    ...sparse["pax 0.1"],
    pax: [
      ["GNU.sparse.size", "5000"],
      ["GNU.sparse.map", "3000,610,4000"],
    ],
  } as RawEntry), // prettier-ignore
  "a sparse map beyond the file": tar({
    ...sparse["pax 0.1"],
    pax: [
      ["GNU.sparse.size", "3500"],
      ["GNU.sparse.map", "1000,10,3000,600"],
    ],
  } as RawEntry), // prettier-ignore
  "a sparse map of words": tar({
    ...sparse["pax 0.1"],
    pax: [
      ["GNU.sparse.size", "5000"],
      ["GNU.sparse.map", "a,b"],
    ],
  } as RawEntry), // prettier-ignore
  "a sparse file with too little": tar({ ...sparse["pax 0.1"], content: packed.subarray(1) } as RawEntry),
  "a sparse file with too much": tar({ ...sparse["pax 0.1"], content: Buffer.concat([packed, packed]) } as RawEntry),
  "a sparse map that never ends": tar({ ...sparse["pax 1.0"], content: "2\n1000\n10\n" } as RawEntry),
  "a sparse map of too many pieces": tar({ ...sparse["pax 1.0"], content: "99999999999\n" } as RawEntry),
};
for (const [what, bytes] of Object.entries(damaged)) {
  test(`${what} is refused`, () => {
    assert.throws(() => read(bytes), { code: "TAR_DAMAGED" });
  });
}

test("archives with random damage are read or refused with a code", () => {
  const good = tar(
    {
      name: "a",
      content: "x".repeat(700),
      pax: [
        ["path", "pax"],
        ["mtime", "1.5"],
      ],
    }, // prettier-ignore
    ...Object.values(sparse),
    { name: "L", flag: "L", content: "long\0" },
    { name: "b", flag: "2", link: "a" },
  );
  for (let seed = 1; seed <= 1000; seed++) {
    const random = new Random(seed);
    const bytes = Buffer.from(good);
    for (let i = 0; i < 4; i++) bytes[random.below(bytes.length)] = random.below(256);
    // Half of them get right checksums, so that the damage is met further in.
    if (seed % 2) repair(bytes);
    try {
      read(bytes.subarray(0, bytes.length - (seed % 3 ? 0 : random.below(bytes.length))));
    } catch (error) {
      assert.ok(error instanceof SlipwayError, `seed ${seed}: ${(error as Error).stack}`);
    }
  }
});

/** Gives each block that has ustar's mark the checksum it should have. */
function repair(bytes: Buffer): void {
  for (let at = 0; at < bytes.length; at += 512) {
    if (bytes.toString("latin1", at + 257, at + 262) !== "ustar") continue;
    let sum = 8 * 32;
    for (let i = 0; i < 512; i++) if (i < 148 || i >= 156) sum += bytes[at + i] as number;
    bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, at + 148);
  }
}

test("a content is passed on as it comes, never gathered", () => {
  let [most, total] = [0, 0];
  const reader = new TarReader(() => ({
    write: (chunk) => {
      most = Math.max(most, chunk.length);
      total += chunk.length;
    },
    end() {},
  }));
  reader.write(encode({ name: "large", size: 1 << 20 }));
  for (let i = 0; i < 16; i++) reader.write(Buffer.alloc(1 << 16));
  assert.deepEqual([most, total], [1 << 16, 1 << 20]);
  assert.equal(text({ name: "after", content: "x" }), "x");
});
