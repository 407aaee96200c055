import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { gzipped } from "./gzip.ts";

async function compressed(chunks: readonly Buffer[], level?: number): Promise<Buffer> {
  const arriving = async function* (): AsyncGenerator<Buffer> {
    yield* chunks;
  };
  const parts: Buffer[] = [];
  for await (const part of gzipped(arriving(), level)) parts.push(part);
  return Buffer.concat(parts);
}

const text = Buffer.from(Array.from({ length: 60_000 }, (_, n) => `line ${n} of a text\n`).join(""));

test("what was compressed is what comes back, in one piece, in many and in none", async () => {
  for (const bytes of [Buffer.alloc(0), Buffer.from("a"), text, Buffer.concat([text, text, text])])
    assert.deepEqual(gunzipSync(await compressed([bytes])), bytes);
});

test("how the bytes arrive does not change what is made of them", async () => {
  const whole = await compressed([text]);
  const cut = [0, 1, 7, 4096, 600_000, text.length];
  const chunks = cut.slice(1).map((end, n) => text.subarray(cut[n], end));
  assert.deepEqual(await compressed(chunks), whole);
});

test("what does not shrink is stored beside what does", async () => {
  const noise = Buffer.concat(Array.from({ length: 1 << 15 }, (_, n) => createHash("sha256").update(String(n)).digest()));
  const mixed = await compressed([noise, text]);
  assert.deepEqual(gunzipSync(mixed), Buffer.concat([noise, text]));
  assert.ok(mixed.length < noise.length + text.length / 4);
  assert.ok(mixed.indexOf(noise.subarray(0, 1000)) > 0, "the noise is there as it was");
});

test("a level is what it is asked for", async () => {
  const sizes = await Promise.all([0, 1, 9].map(async (level) => (await compressed([text], level)).length));
  assert.deepEqual(
    sizes,
    [...sizes].sort((a, b) => b - a),
  );
  assert.ok((sizes[0] ?? 0) > text.length);
});

test("a source that breaks off breaks off the result", async () => {
  const broken = async function* (): AsyncGenerator<Buffer> {
    yield randomBytes(1 << 20);
    throw new Error("gone");
  };
  await assert.rejects(async () => {
    for await (const _ of gzipped(broken()));
  }, /gone/);
});
