import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { emulatorFor } from "./emulation.ts";

const folder = mkdtempSync(join(tmpdir(), "slipway-binfmt-"));
after(() => rmSync(folder, { recursive: true }));
const arm = { os: "linux", architecture: "arm64" };
const entry = (state: string, flags: string): string =>
  `${state}\ninterpreter /usr/bin/qemu-aarch64-static\nflags: ${flags}\noffset 0\n`;

test("an emulator that the kernel holds open needs nothing in the step", () => {
  writeFileSync(join(folder, "qemu-aarch64"), entry("enabled", "POCF"));
  assert.deepEqual(emulatorFor(arm, folder), {});
});

test("another one is lent to the step", () => {
  writeFileSync(join(folder, "qemu-aarch64"), entry("enabled", "OC"));
  assert.deepEqual(emulatorFor(arm, folder), { program: "/usr/bin/qemu-aarch64-static" });
});

test("one that is switched off or not registered is none", () => {
  writeFileSync(join(folder, "qemu-aarch64"), entry("disabled", "F"));
  assert.equal(emulatorFor(arm, folder), undefined);
  assert.equal(emulatorFor({ os: "linux", architecture: "riscv64" }, folder), undefined);
});
