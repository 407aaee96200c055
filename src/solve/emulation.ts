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

/** What runs programs of another processor. */
export interface Emulator {
  /** The program that a step must see at this path; none if the kernel holds it open (flag F). */
  readonly program?: string;
}

/** The emulator that is registered and switched on; undefined if there is none. `folder` is where the kernel tells. */
export function emulatorFor({ architecture }: Platform, folder = "/proc/sys/fs/binfmt_misc"): Emulator | undefined {
  let entry: string;
  try {
    entry = readFileSync(`${folder}/qemu-${QEMU[architecture] ?? architecture}`, "utf8");
  } catch {
    return undefined;
  }
  if (!entry.startsWith("enabled")) return undefined;
  const program = /^interpreter (.+)$/m.exec(entry)?.[1];
  return /^flags: .*F/m.test(entry) || program === undefined ? {} : { program };
}
