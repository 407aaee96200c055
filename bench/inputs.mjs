// What the workloads work on: generated, and the same bytes on every machine.
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Bytes that nothing compresses, cheap to make; each seed has its own. */
export function noise(seed, size) {
  const block = Buffer.alloc(Math.min(size, 1 << 16));
  let word = createHash("sha256").update(String(seed)).digest();
  for (let at = 0; at < block.length; at += word.length) {
    word = createHash("sha256").update(word).digest();
    word.copy(block, at);
  }
  const bytes = Buffer.alloc(size);
  for (let at = 0, n = 0; at < size; at += block.length, n++) {
    block.copy(bytes, at);
    // No block is like another, so that none can be pointed back to.
    for (let i = at; i < Math.min(at + block.length, size); i += 16) bytes[i] = (bytes[i] + n * 31 + (n >> 8)) & 255;
  }
  return bytes;
}

const WORDS = ["include", "static", "return", "const", "struct", "buffer", "length", "error", "config", "package", "version"];

/** Bytes that gzip makes about a third of, as it does of programs and texts. */
export function text(seed, size) {
  const lines = [];
  let word = createHash("sha256").update(String(seed)).digest();
  let length = 0;
  while (length < Math.min(size, 1 << 14)) {
    word = createHash("sha256").update(word).digest();
    const line = `${WORDS[word[0] % 11]} ${word.toString("hex", 1, 9)} ${WORDS[word[10] % 11]}(${WORDS[word[11] % 11]});\n`;
    lines.push(line);
    length += line.length;
  }
  const block = Buffer.from(lines.join(""));
  const bytes = Buffer.alloc(size);
  for (let at = 0, n = 0; at < size; at += block.length, n++) {
    block.copy(bytes, at);
    for (let i = at; i < Math.min(at + block.length, size); i += 24) bytes[i] = 65 + ((i * 7 + n * 13) % 57);
  }
  return bytes;
}

/** `folders` folders of `each` small files. */
export function smallFiles(root, folders, each) {
  for (let folder = 0; folder < folders; folder++) {
    const inside = join(root, String(folder));
    mkdirSync(inside, { recursive: true });
    for (let n = 0; n < each; n++) writeFileSync(join(inside, `${n}.txt`), `file ${n} of folder ${folder}\n`.repeat(20));
  }
}

/** `count` files of together `size` bytes, of which gzip makes two thirds. */
export function largeFiles(root, count, size) {
  mkdirSync(root, { recursive: true });
  const each = Math.floor(size / count);
  for (let n = 0; n < count; n++) writeFileSync(join(root, `f${n}`), n % 2 === 0 ? noise(n, each) : text(n, each));
}

/** What a distribution's root looks like: `size` bytes in many small files and a few large ones. */
export function systemRoot(root, size) {
  let left = size;
  for (let n = 0; left > 0; n++) {
    const bytes = Math.min(left, n % 400 === 0 ? 2_000_000 : 500 + ((n * 7919) % 30_000));
    const folder = join(root, "usr", ["bin", "lib", "share", "libexec"][n % 4], `p${n % 331}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `f${n}`), n % 3 === 0 ? noise(n, bytes) : text(n, bytes));
    left -= bytes;
  }
}
