/** The list of operations for the native helper: what a container is, step by step. */
import type { Identity } from "./users.ts";

/** An operation and its words. */
export type Operation = readonly [name: string, ...words: (string | number)[]];

/** Flags of mount(2). */
interface MountFlags {
  readonly rdonly: number;
  readonly nosuid: number;
  readonly nodev: number;
  readonly noexec: number;
  readonly remount: number;
  readonly bind: number;
  readonly recursive: number;
  readonly private: number;
  readonly strictatime: number;
}
export const MS: MountFlags = {
  rdonly: 1,
  nosuid: 2,
  nodev: 4,
  noexec: 8,
  remount: 32,
  bind: 4096,
  recursive: 16384,
  private: 1 << 18,
  strictatime: 1 << 24,
};

/** Flags of unshare(2). */
interface NamespaceFlags {
  readonly newns: number;
  readonly newuts: number;
  readonly newipc: number;
  readonly newpid: number;
  readonly newnet: number;
}
export const CLONE: NamespaceFlags = {
  newns: 0x20000,
  newuts: 0x4000000,
  newipc: 0x8000000,
  newpid: 0x20000000,
  newnet: 0x40000000,
};

/** The list as the helper reads it: NUL-terminated words, each operation led by their number. */
export function encodeProgram(operations: readonly Operation[]): Buffer {
  return Buffer.from(operations.map((words) => `${[words.length, ...words].join("\0")}\0`).join(""));
}

/** What the standard says lies in /dev, with Docker's numbers. */
const DEVICES: readonly (readonly [name: string, mode: number, major: number, minor: number])[] = [
  ["null", 0o666, 1, 3],
  ["zero", 0o666, 1, 5],
  ["full", 0o666, 1, 7],
  ["random", 0o666, 1, 8],
  ["urandom", 0o666, 1, 9],
  ["tty", 0o666, 5, 0],
];

const LINKS: readonly (readonly [target: string, name: string])[] = [
  ["/proc/self/fd", "fd"],
  ["/proc/self/fd/0", "stdin"],
  ["/proc/self/fd/1", "stdout"],
  ["/proc/self/fd/2", "stderr"],
  ["pts/ptmx", "ptmx"],
];

/** /proc, /dev and what is in it, /sys: as Docker mounts them. To be done inside the new root. */
export function systemMounts(shmBytes: number, privileged: boolean): Operation[] {
  const { nosuid, nodev, noexec, rdonly, strictatime } = MS;
  return [
    ["place", "/proc"],
    ["mount", "proc", "/proc", "proc", nosuid | nodev | noexec, ""],
    ["place", "/dev"],
    ["mount", "tmpfs", "/dev", "tmpfs", nosuid | strictatime, "mode=755,size=65536k"],
    ["mkdirs", "/dev/pts", 0o755],
    ["mount", "devpts", "/dev/pts", "devpts", nosuid | noexec, "newinstance,ptmxmode=0666,mode=0620,gid=5"],
    ["mkdirs", "/dev/shm", 0o755],
    ["mount", "shm", "/dev/shm", "tmpfs", nosuid | nodev | noexec, `mode=1777,size=${shmBytes}`],
    ["mkdirs", "/dev/mqueue", 0o755],
    ["trymount", "mqueue", "/dev/mqueue", "mqueue", nosuid | nodev | noexec, ""],
    ["place", "/sys"],
    ["mount", "sysfs", "/sys", "sysfs", nosuid | nodev | noexec | (privileged ? 0 : rdonly), ""],
    ...DEVICES.map(([name, mode, major, minor]): Operation => ["mknod", `/dev/${name}`, mode, major, minor]),
    ...LINKS.map(([target, name]): Operation => ["symlink", target, `/dev/${name}`]),
  ];
}

const MASKED_FILES = [
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/proc/sched_debug",
];
const MASKED_FOLDERS = ["/proc/asound", "/proc/acpi", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap"];
const READ_ONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/** What a container may not see or change of the kernel. To be done inside the new root. */
export function maskedPaths(): Operation[] {
  const { bind, recursive, rdonly, remount, nosuid, nodev, noexec } = MS;
  return [
    ...MASKED_FILES.map((path): Operation => ["trymount", "/dev/null", path, "", bind, ""]),
    ...MASKED_FOLDERS.map((path): Operation => ["trymount", "tmpfs", path, "tmpfs", rdonly, ""]),
    ...READ_ONLY.flatMap((path): Operation[] => [
      ["trymount", path, path, "", bind | recursive, ""],
      ["trymount", "", path, "", remount | bind | rdonly | nosuid | nodev | noexec, ""],
    ]),
  ];
}

/** Becomes the user, with the capabilities that are left to it. */
export function becomeUser(user: Identity, capabilities: bigint): Operation[] {
  const mask = `0x${capabilities.toString(16)}`;
  return [
    ["bounding", mask],
    // The primary group is among them, so that what is refused to it cannot be had by leaving it.
    ["groups", ...new Set([user.gid, ...user.groups])],
    ["gid", user.gid],
    ["uid", user.uid],
    ["capabilities", user.uid === 0 ? mask : 0, user.uid === 0 ? mask : 0, 0],
  ];
}
