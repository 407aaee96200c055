/** The list of operations for the native helper: what a container is, step by step. */
import { hasId } from "../tree/index.ts";
import { hasUser, isAlone, isCaller, type Powers } from "./powers.ts";
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
export const DEVICES: readonly (readonly [name: string, mode: number, major: number, minor: number])[] = [
  ["null", 0o666, 1, 3],
  ["zero", 0o666, 1, 5],
  ["full", 0o666, 1, 7],
  ["random", 0o666, 1, 8],
  ["urandom", 0o666, 1, 9],
  ["tty", 0o666, 5, 0],
];

export const DEVICE_LINKS: readonly (readonly [target: string, name: string])[] = [
  ["/proc/self/fd", "fd"],
  ["/proc/self/fd/0", "stdin"],
  ["/proc/self/fd/1", "stdout"],
  ["/proc/self/fd/2", "stderr"],
  ["pts/ptmx", "ptmx"],
];

/** Slots of the helper for what a user namespace must take from the host; those that follow are free. */
const SLOTS: Readonly<Record<"proc" | "sys" | "devices", number>> = { proc: 0, sys: 1, devices: 2 };
export const FIRST_FREE_SLOT: number = SLOTS.devices + DEVICES.length;

/** What is taken from the host, since a user namespace cannot make it. To be done before the root is changed. */
export function hostTrees({ confined }: Powers): Operation[] {
  if (!confined) return [];
  const attributes = MS.nosuid | MS.nodev | MS.noexec;
  return [
    ["system", SLOTS.proc, "proc", "/proc", attributes],
    ["system", SLOTS.sys, "sysfs", "/sys", attributes],
    ...DEVICES.map(([name], index): Operation => ["tree", SLOTS.devices + index, `/dev/${name}`, ""]),
  ];
}

/** /proc, /dev and what is in it, /sys: as Docker mounts them. To be done inside the new root. */
export function systemMounts(shmBytes: number, privileged: boolean, powers: Powers): Operation[] {
  const { nosuid, nodev, noexec, rdonly, strictatime } = MS;
  const { confined, gids } = powers;
  const terminals = `newinstance,ptmxmode=0666,mode=0620${!confined || hasId(gids, 5) ? ",gid=5" : ""}`;
  return [
    ["place", "/proc"],
    confined ? ["attach", SLOTS.proc, "/proc"] : ["mount", "proc", "/proc", "proc", nosuid | nodev | noexec, ""],
    ["place", "/dev"],
    ["mount", "tmpfs", "/dev", "tmpfs", nosuid | strictatime, "mode=755,size=65536k"],
    ["mkdirs", "/dev/pts", 0o755],
    ["mount", "devpts", "/dev/pts", "devpts", nosuid | noexec, terminals],
    ["mkdirs", "/dev/shm", 0o755],
    ["mount", "shm", "/dev/shm", "tmpfs", nosuid | nodev | noexec, `mode=1777,size=${shmBytes}`],
    ["mkdirs", "/dev/mqueue", 0o755],
    ["trymount", "mqueue", "/dev/mqueue", "mqueue", nosuid | nodev | noexec, ""],
    ["place", "/sys"],
    ...(confined
      ? ([["attach", SLOTS.sys, "/sys"], ...(privileged ? [] : [["readonly", "/sys", "recursive"]])] as Operation[])
      : ([["mount", "sysfs", "/sys", "sysfs", nosuid | nodev | noexec | (privileged ? 0 : rdonly), ""]] as Operation[])),
    ...DEVICES.map(
      ([name, mode, major, minor], index): Operation =>
        confined ? ["attach", SLOTS.devices + index, `/dev/${name}`] : ["mknod", `/dev/${name}`, mode, major, minor],
    ),
    ...DEVICE_LINKS.map(([target, name]): Operation => ["symlink", target, `/dev/${name}`]),
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

/**
 * A namespace within for a user who does not exist in this one, or, if `keepCaller`, who is
 * the one that made it: its root is that user then. To be done before a filter forbids it.
 */
export function identity(user: Identity, powers: Powers, keepCaller: boolean): Operation[] {
  const isHere = hasUser(powers, user) && !(keepCaller && isCaller(powers, user.uid));
  return isHere ? [] : [["identity", user.uid, user.gid]];
}

/** Becomes the user, with the capabilities that are left to it. `within`: in a namespace that `identity` made. */
export function becomeUser(user: Identity, capabilities: bigint, powers: Powers, within: boolean): Operation[] {
  const mask = `0x${capabilities.toString(16)}`;
  const groups = [user.gid, ...user.groups].filter((gid) => !powers.confined || hasId(powers.gids, gid));
  return [
    ["bounding", mask],
    // The primary group is among them, so that what is refused to it cannot be had by leaving it.
    ...(within || isAlone(powers) ? [] : ([["groups", ...new Set(groups)]] as Operation[])),
    ["gid", user.gid],
    ["uid", user.uid],
    ["capabilities", user.uid === 0 ? mask : 0, user.uid === 0 ? mask : 0, 0],
  ];
}
