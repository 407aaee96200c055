/** Capabilities, by the kernel's numbers. */
import { capabilityUnknown } from "./errors.ts";

const NAMES = [
  "CHOWN",
  "DAC_OVERRIDE",
  "DAC_READ_SEARCH",
  "FOWNER",
  "FSETID",
  "KILL",
  "SETGID",
  "SETUID",
  "SETPCAP",
  "LINUX_IMMUTABLE",
  "NET_BIND_SERVICE",
  "NET_BROADCAST",
  "NET_ADMIN",
  "NET_RAW",
  "IPC_LOCK",
  "IPC_OWNER",
  "SYS_MODULE",
  "SYS_RAWIO",
  "SYS_CHROOT",
  "SYS_PTRACE",
  "SYS_PACCT",
  "SYS_ADMIN",
  "SYS_BOOT",
  "SYS_NICE",
  "SYS_RESOURCE",
  "SYS_TIME",
  "SYS_TTY_CONFIG",
  "MKNOD",
  "LEASE",
  "AUDIT_WRITE",
  "AUDIT_CONTROL",
  "SETFCAP",
  "MAC_OVERRIDE",
  "MAC_ADMIN",
  "SYSLOG",
  "WAKE_ALARM",
  "BLOCK_SUSPEND",
  "AUDIT_READ",
  "PERFMON",
  "BPF",
  "CHECKPOINT_RESTORE",
];

/** What Docker leaves to a container. */
const DEFAULT = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "NET_RAW",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];

/** A set of capabilities, a bit each. */
export type CapabilityMask = bigint;

export const DEFAULT_CAPABILITIES: CapabilityMask = maskOf(DEFAULT);
export const ALL_CAPABILITIES: CapabilityMask = maskOf(NAMES);

export function maskOf(names: readonly string[]): CapabilityMask {
  return names.reduce((mask, name) => mask | (1n << BigInt(NAMES.indexOf(name))), 0n);
}

/** Docker's set or all of them, with what is added and then without what is dropped. Throws CAPABILITY_UNKNOWN. */
export function capabilitiesOf(privileged: boolean, add: readonly string[], drop: readonly string[]): CapabilityMask {
  if (privileged) return ALL_CAPABILITIES;
  const start = isAll(drop) ? 0n : isAll(add) ? ALL_CAPABILITIES : DEFAULT_CAPABILITIES;
  return (start | maskOf(add.filter(isOne).map(plainName))) & ~maskOf(drop.filter(isOne).map(plainName));
}

function isAll(names: readonly string[]): boolean {
  return names.some((name) => !isOne(name));
}

function isOne(name: string): boolean {
  return name.toUpperCase() !== "ALL";
}

function plainName(name: string): string {
  const plain = name.toUpperCase().replace(/^CAP_/, "");
  if (!NAMES.includes(plain)) throw capabilityUnknown(name);
  return plain;
}

/** Whether a set has a capability, named with or without `CAP_`. */
export function hasCapability(mask: CapabilityMask, name: string): boolean {
  const number = NAMES.indexOf(name.replace(/^CAP_/, ""));
  return number >= 0 && ((mask >> BigInt(number)) & 1n) === 1n;
}

/** What is in a set, in small letters without `cap_`. */
export function capabilityNames(mask: CapabilityMask): string[] {
  return NAMES.filter((name) => hasCapability(mask, name)).map((name) => name.toLowerCase());
}

/** The capabilities this process can give to others at most. */
export function parseCapabilityMask(status: string, field: string): CapabilityMask {
  const found = new RegExp(`^${field}:\\s*([0-9a-f]+)$`, "m").exec(status)?.[1];
  return found ? BigInt(`0x${found}`) : 0n;
}
