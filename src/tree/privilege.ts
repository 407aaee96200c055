/** What the kernel grants this process beyond its user id. */
import { readFileSync, readlinkSync } from "node:fs";

/** The number that the kernel gives the first user namespace (PROC_USER_INIT_INO). */
const FIRST_USER_NAMESPACE = "user:[4026531837]";
const SYS_ADMIN = 21n;

/**
 * Whether this is root of the machine, who may mount and set all attributes. Root of a user
 * namespace is not, nor is root of a container that took the right to mount away.
 */
export const isMachineRoot: boolean = process.getuid?.() === 0 && isFirstNamespace() && mayAdminister();

function isFirstNamespace(): boolean {
  try {
    return readlinkSync("/proc/self/ns/user") === FIRST_USER_NAMESPACE;
  } catch {
    // A kernel without user namespaces.
    return true;
  }
}

/** Whether this process has CAP_SYS_ADMIN over the namespace it is in. */
export function mayAdminister(): boolean {
  try {
    const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
    return ((BigInt(`0x${effective}`) >> SYS_ADMIN) & 1n) === 1n;
  } catch {
    return false;
  }
}
