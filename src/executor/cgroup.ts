/**
 * Limits of memory and processor time, through control groups (cgroups(7)).
 *
 * A process gets a group of its own, in the one hierarchy of version 2 or in each
 * hierarchy of version 1 that a limit needs, and is moved into it before it is told
 * what to do. The group lies in the group of this process, whose limits hold as well;
 * version 2 allows no groups beside processes, so there it lies beside it.
 */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { limitsRefused } from "./errors.ts";

/** What a process and all it starts may use together. */
export interface ResourceLimits {
  readonly memoryBytes?: number;
  /** Memory and swap together; -1 is no limit. */
  readonly memoryAndSwapBytes?: number;
  /** Microseconds of processor time in each period. */
  readonly cpuQuotaUs?: number;
  /** 100,000 if left out. */
  readonly cpuPeriodUs?: number;
  /** Its part of the time against the 1024 of others, where they compete. */
  readonly cpuShares?: number;
  /** As a list: `0-2,7`. */
  readonly cpusetCpus?: string;
  readonly cpusetMems?: string;
  /** The group in which the process gets its own, from the root of the hierarchy. */
  readonly cgroupParent?: string;
}

/** A group, or one in each hierarchy. */
export interface Cgroup {
  add(pid: number): void;
  /** Takes the group away; nothing must run in it any more. */
  close(): void;
}

/** A mounted hierarchy. */
export interface Hierarchy {
  readonly version: 1 | 2;
  /** Those it controls. */
  readonly controllers: readonly string[];
  readonly mountPoint: string;
  /** This process's group as a folder. */
  readonly own: string;
}

type Settings = readonly (readonly [file: string, value: string])[];

const DEFAULT_PERIOD = 100_000;
/** How often a group is tried to be removed, and the pause between. */
const PATIENCE = 100;
const PAUSE_MS = 10;
let count = 0;

/** Makes the group. Throws LIMITS_REFUSED where the machine does not let it. */
export function openCgroup(limits: ResourceLimits): Cgroup {
  const mounted = hierarchies(readFileSync("/proc/self/mountinfo", "utf8"), readFileSync("/proc/self/cgroup", "utf8"));
  const found = mounted.map((one) => (one.version === 2 ? { ...one, controllers: controllersAt(one.mountPoint) } : one));
  const name = `slipway-${process.pid}-${++count}`;
  const made: string[] = [];
  const close = (): void => {
    for (const folder of made.splice(0)) removeGroup(folder);
  };
  try {
    const settings = settingsOf(limits);
    for (const controller of Object.keys(settings))
      if (!found.some((one) => one.controllers.includes(controller))) throw new Error(`no ${controller} controller`);
    for (const hierarchy of found) make(hierarchy, settings, limits.cgroupParent, name, made);
  } catch (error) {
    close();
    throw limitsRefused(error);
  }
  return {
    add(pid) {
      try {
        for (const folder of made) writeFileSync(join(folder, "cgroup.procs"), `${pid}`);
      } catch (error) {
        throw limitsRefused(error);
      }
    },
    close,
  };
}

/** The kernel may still be busy with processes that have just been killed. */
function removeGroup(folder: string): void {
  for (let attempt = 0; ; attempt++) {
    try {
      rmdirSync(folder);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EBUSY" || attempt === PATIENCE) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}

function make(
  hierarchy: Hierarchy,
  settings: Readonly<Record<string, { readonly one: Settings; readonly two: Settings }>>,
  parent: string | undefined,
  name: string,
  made: string[],
): void {
  const { version, mountPoint, own, controllers } = hierarchy;
  const wanted = Object.keys(settings).filter((controller) => controllers.includes(controller));
  if (wanted.length === 0 && parent === undefined) return;
  const beside = version === 2 && own !== mountPoint ? dirname(own) : own;
  const above = parent === undefined ? beside : join(mountPoint, posix.join("/", parent));
  mkdirSync(above, { recursive: true });
  if (version === 2) enable(wanted, mountPoint, above);
  const folder = join(above, name);
  mkdirSync(folder);
  made.push(folder);
  if (version === 1 && controllers.includes("cpuset")) inherit(mountPoint, folder);
  for (const controller of wanted) {
    for (const [file, value] of settings[controller]?.[version === 2 ? "two" : "one"] ?? [])
      writeFileSync(join(folder, file), value);
  }
}

/** Version 2 has those that no hierarchy of version 1 has taken. */
function controllersAt(mountPoint: string): string[] {
  return readFileSync(join(mountPoint, "cgroup.controllers"), "utf8").split(/\s+/).filter(Boolean);
}

/** Version 2: a group has the controllers that those above it pass on. */
function enable(controllers: readonly string[], mountPoint: string, above: string): void {
  const inside = above === mountPoint ? [] : above.slice(mountPoint.length + 1).split("/");
  for (let depth = 0; depth <= inside.length; depth++) {
    const file = join(mountPoint, ...inside.slice(0, depth), "cgroup.subtree_control");
    const passed = readFileSync(file, "utf8").split(/\s+/);
    const missing = controllers.filter((controller) => !passed.includes(controller));
    if (missing.length > 0) writeFileSync(file, missing.map((controller) => `+${controller}`).join(" "));
  }
}

/** Version 1: a new group of cpuset is empty, and takes no process. */
function inherit(mountPoint: string, folder: string): void {
  const parts = folder.slice(mountPoint.length + 1).split("/");
  for (let depth = 1; depth <= parts.length; depth++) {
    const at = join(mountPoint, ...parts.slice(0, depth));
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
      if (readFileSync(join(at, file), "utf8").trim() === "")
        writeFileSync(join(at, file), readFileSync(join(dirname(at), file), "utf8"));
    }
  }
}

/** The hierarchies that are mounted, and where in them this process is. Those of version 2 tell their controllers in a file. */
export function hierarchies(mountInfo: string, groups: string): Hierarchy[] {
  const paths = new Map(
    groups.split("\n").flatMap((line): [string, string][] => {
      const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
      return path === undefined ? [] : (controllers || "").split(",").map((controller) => [controller, path]);
    }),
  );
  return mountInfo.split("\n").flatMap((line): Hierarchy[] => {
    const [left = "", right = ""] = line.split(" - ");
    const [, , , root = "/", mountPoint = ""] = left.split(" ");
    const [type, , options = ""] = right.split(" ");
    if (type !== "cgroup" && type !== "cgroup2") return [];
    const controllers =
      type === "cgroup2" ? [] : options.split(",").filter((option) => paths.has(option) || option.startsWith("name="));
    const path = paths.get(type === "cgroup2" ? "" : (controllers[0] ?? "")) ?? "/";
    const below = root !== "/" && path.startsWith(root) ? path.slice(root.length) : path;
    return [
      { version: type === "cgroup2" ? 2 : 1, controllers, mountPoint, own: join(mountPoint, below).replace(/(.)\/$/, "$1") },
    ];
  });
}

/** What is written to which file, by controller and version. */
function settingsOf(limits: ResourceLimits): Record<string, { one: Settings; two: Settings }> {
  const found: Record<string, { one: Settings; two: Settings }> = {};
  const { memoryBytes, memoryAndSwapBytes, cpuQuotaUs, cpuShares, cpusetCpus, cpusetMems } = limits;
  const period = limits.cpuPeriodUs ?? DEFAULT_PERIOD;
  if (memoryBytes !== undefined) {
    const swap = memoryAndSwapBytes === undefined || memoryAndSwapBytes < 0 ? undefined : memoryAndSwapBytes;
    found["memory"] = {
      one: [["memory.limit_in_bytes", `${memoryBytes}`], ...pair("memory.memsw.limit_in_bytes", swap)],
      two: [["memory.max", `${memoryBytes}`], ...pair("memory.swap.max", swap === undefined ? undefined : swap - memoryBytes)],
    };
  }
  if (cpuQuotaUs !== undefined || limits.cpuPeriodUs !== undefined || cpuShares !== undefined) {
    const weight = cpuShares === undefined ? undefined : Math.round(1 + ((Math.max(cpuShares, 2) - 2) * 9999) / 262_142);
    found["cpu"] = {
      one: [["cpu.cfs_period_us", `${period}`], ...pair("cpu.cfs_quota_us", cpuQuotaUs), ...pair("cpu.shares", cpuShares)],
      two: [["cpu.max", `${cpuQuotaUs ?? "max"} ${period}`], ...pair("cpu.weight", weight)],
    };
  }
  if (cpusetCpus !== undefined || cpusetMems !== undefined) {
    const both = [...pair("cpuset.cpus", cpusetCpus), ...pair("cpuset.mems", cpusetMems)];
    found["cpuset"] = { one: both, two: both };
  }
  return found;
}

function pair(file: string, value: number | string | undefined): [string, string][] {
  return value === undefined ? [] : [[file, `${value}`]];
}
