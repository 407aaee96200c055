/** RUN for another processor, through an emulator that the kernel knows of. */
import assert from "node:assert/strict";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { lacking, Place } from "../support/slipway.ts";

const needsRoot: string | false = lacking();
const emulated = process.arch === "x64" && existsSync("/proc/sys/fs/binfmt_misc/qemu-aarch64");
const skip: string | false = needsRoot || (emulated ? false : "needs qemu-user-static, registered in binfmt_misc");
let place: Place;

before(() => {
  place = new Place();
});
after(() => place[Symbol.dispose]());

test("a step for another platform runs through its emulator", { skip }, async () => {
  const context = place.files("arm", { Dockerfile: 'FROM scratch\nCOPY hello /hello\nRUN ["/hello"]\n' });
  writeFileSync(join(context, "hello"), arm64Program("hello from arm\n"));
  chmodSync(join(context, "hello"), 0o755);
  const { code, stderr } = await place.slipway(["build", "--progress=plain", "--platform", "linux/arm64", context]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /hello from arm/);
});

test("without an emulator the error tells how to get one", { skip: needsRoot }, async () => {
  // Nobody emulates this one.
  const context = place.files("none", { Dockerfile: 'FROM scratch\nCOPY Dockerfile /\nRUN ["/none"]\n' });
  const { code, stderr } = await place.slipway(["build", "--platform", "linux/nios2", context]);
  assert.equal(code, 1);
  assert.match(stderr, /RUN_FOREIGN_PLATFORM/);
  assert.match(stderr, /apt-get install qemu-user-static/);
});

/** A static program for arm64 that writes a line and ends: an ELF header, a program header, eight instructions. */
function arm64Program(line: string): Buffer {
  const code = [
    0xd2800020,
    0x100000e1,
    0xd2800002 | (line.length << 5),
    0xd2800808,
    0xd4000001,
    0xd2800000,
    0xd2800ba8,
    0xd4000001,
  ];
  const start = 64 + 56;
  const file = Buffer.alloc(start + code.length * 4 + line.length);
  file.write("\x7fELF\x02\x01\x01", 0, "latin1");
  file.writeUInt16LE(2, 16); // executable
  file.writeUInt16LE(183, 18); // aarch64
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(0x400000n + BigInt(start), 24);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(64, 52);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(1, 64); // load
  file.writeUInt32LE(5, 68); // read and execute
  file.writeBigUInt64LE(0x400000n, 80);
  file.writeBigUInt64LE(0x400000n, 88);
  file.writeBigUInt64LE(BigInt(file.length), 96);
  file.writeBigUInt64LE(BigInt(file.length), 104);
  file.writeBigUInt64LE(0x10000n, 112);
  for (const [index, word] of code.entries()) file.writeUInt32LE(word >>> 0, start + index * 4);
  file.write(line, start + code.length * 4, "latin1");
  return file;
}
