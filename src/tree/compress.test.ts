import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { temporaryFolder } from "../../test/support/folder.ts";
import { Random } from "../../test/support/random.ts";
import { tar } from "../../test/support/tar.ts";
import { detectArchive } from "./archive.ts";
import { type CompressionKind, detectCompression, headOf, plainChunks } from "./compress.ts";

const plain = Buffer.concat([new Random(1).bytes(100_000), Buffer.alloc(600_000)]);
const archive = tar({ name: "a", content: "x" }, { name: "b", content: plain });

async function unpacked(file: string, kind: CompressionKind): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of plainChunks(file, kind)) parts.push(chunk);
  return Buffer.concat(parts);
}

for (const kind of ["gzip", "bzip2", "xz", "zstd"] as const) {
  const made = spawnSync(kind, ["-c"], { input: archive, maxBuffer: 1 << 24 });
  test(`${kind} is told by its first bytes, unpacked, and seen to hold a tar`, {
    skip: made.error ? `needs ${kind}` : false,
  }, async (t) => {
    const file = join(temporaryFolder(t), "file");
    writeFileSync(file, made.stdout);
    assert.equal(detectCompression(headOf(file, 16)), kind);
    assert.ok((await unpacked(file, kind)).equals(archive));
    assert.equal(detectArchive(file), kind);
  });

  test(`${kind} data that is cut off or damaged is refused`, { skip: made.error ? `needs ${kind}` : false }, async (t) => {
    const file = join(temporaryFolder(t), "file");
    writeFileSync(file, made.stdout.subarray(0, made.stdout.length - 20));
    await assert.rejects(unpacked(file, kind), { code: "COMPRESSION_DAMAGED" });
    const damaged = Buffer.from(made.stdout);
    damaged.fill(0xff, 2000, 2100);
    writeFileSync(file, damaged);
    await assert.rejects(unpacked(file, kind), { code: "COMPRESSION_DAMAGED" });
  });
}

test("gzip of several members is all of them", async (t) => {
  const file = join(temporaryFolder(t), "file");
  writeFileSync(file, Buffer.concat([gzipSync("one "), gzipSync("two")]));
  assert.equal((await unpacked(file, "gzip")).toString(), "one two");
});

test("a program that is not there is an error that names it", async (t) => {
  const file = join(temporaryFolder(t), "file");
  writeFileSync(file, "BZh9");
  const path = process.env["PATH"];
  process.env["PATH"] = "/nowhere";
  try {
    await assert.rejects(unpacked(file, "bzip2"), { code: "DECOMPRESSOR_MISSING", hint: /apt-get install bzip2/ });
  } finally {
    process.env["PATH"] = path;
  }
});

test("a file that cannot be read is an error, also when a program is to unpack it", {
  skip: spawnSync("bzip2").error ? "needs bzip2" : false,
}, async (t) => {
  await assert.rejects(unpacked(join(temporaryFolder(t), "none"), "bzip2"), { code: "ENOENT" });
  await assert.rejects(unpacked(temporaryFolder(t), "bzip2"), {
    code: "COMPRESSION_DAMAGED",
    message: /illegal operation on a directory/,
  });
});

test("an archive is told by what is in it, not by its name", (t) => {
  const file = join(temporaryFolder(t), "a.tar.gz");
  const kinds = (...contents: (Buffer | string)[]): unknown[] =>
    contents.map((content) => {
      writeFileSync(file, content);
      return detectArchive(file);
    });
  assert.deepEqual(kinds(archive, gzipSync(archive)), ["none", "gzip"]);
  const no = [Buffer.alloc(1024), "text", "", gzipSync("x".repeat(2000)), archive.subarray(0, 511), Buffer.from([0x1f, 0x8b, 1])];
  assert.deepEqual(
    kinds(...no),
    no.map(() => undefined),
  );
});
