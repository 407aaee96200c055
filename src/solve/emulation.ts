/** Whether the kernel runs programs of another processor, through binfmt_misc and qemu. */
import { readFileSync } from "node:fs";
import type { Platform } from "../oci/index.ts";

const QEMU: Readonly<Record<string, string>> = {
  amd64: "x86_64",
  arm64: "aarch64",
  "386": "i386",
  arm: "arm",
  riscv64: "riscv64",
  ppc64le: "ppc64le",
  s390x: "s390x",
  mips64le: "mips64el",
  loong64: "loongarch64",
};

export function hasEmulator({ architecture }: Platform): boolean {
  try {
    return readFileSync(`/proc/sys/fs/binfmt_misc/qemu-${QEMU[architecture] ?? architecture}`, "utf8").startsWith("enabled");
  } catch {
    return false;
  }
}
