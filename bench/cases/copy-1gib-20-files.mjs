// COPY of 1 GiB in 20 files, cold. The bytes are the same in every run of the benchmark.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const SIZE = Math.floor((1 << 30) / 20);

export default {
  flags: ["--no-cache"],
  prepare(folder) {
    writeFileSync(join(folder, "Dockerfile"), "FROM busybox\nCOPY . /d\n");
    for (let n = 0; n < 20; n++) writeFileSync(join(folder, `f${n}`), bytes(n));
  },
};

/** Cheap to make, and no two files are alike. */
function bytes(seed) {
  const block = Buffer.alloc(1 << 20);
  let word = createHash("sha256").update(String(seed)).digest();
  for (let at = 0; at < block.length; at += word.length) {
    word = createHash("sha256").update(word).digest();
    word.copy(block, at);
  }
  return Buffer.concat(Array.from({ length: Math.ceil(SIZE / block.length) }, () => block)).subarray(0, SIZE);
}
