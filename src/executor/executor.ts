/**
 * Processes on a root file system: what RUN and `run` start.
 *
 * A process gets namespaces of its own (mount, pid, ipc, uts), Docker's /dev, /proc and
 * /sys, Docker's capabilities and seccomp profile. All of it is a list of operations
 * that the native helper performs; when the first process ends the kernel kills the
 * rest of its pid namespace and the mounts are gone with the mount namespace.
 *
 * Sources of mounts are opened before the root is changed and attached after it, so that
 * no link of an image leads a mount out of it.
 */
import { mkdirSync, readFileSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { openView } from "../tree/index.ts";
import { capabilitiesOf, hasCapability, parseCapabilityMask } from "./capabilities.ts";
import type { Executor, MountSpec, ProcessSpec, RootFs } from "./contract.ts";
import { helperMissing, terminalNeedsHelper } from "./errors.ts";
import { etcFiles, type Mounted, mountOperations, overlay } from "./mounts.ts";
import { helperPath } from "./native.ts";
import { becomeUser, CLONE, encodeProgram, MS, maskedPaths, type Operation, systemMounts } from "./program.ts";
import { seccompProgram } from "./seccomp.ts";
import { type Starter, start } from "./start.ts";
import { removeMade, stubs } from "./stubs.ts";
import { LACKING, missingTools, shellStart } from "./util-linux.ts";

const DEFAULT_SHM = 64 << 20;

/** Throws HELPER_MISSING. */
export async function openExecutor(): Promise<Executor> {
  const helper = helperPath();
  const missing = helper === undefined ? missingTools() : [];
  if (missing.length > 0) throw helperMissing(missing);
  const given = parseCapabilityMask(readFileSync("/proc/self/status", "utf8"), "CapBnd");
  return {
    limits: helper === undefined ? LACKING : [],
    async run(process, root, mounts, io, signal) {
      signal.throwIfAborted();
      if (helper === undefined && process.terminal) throw terminalNeedsHelper();
      const place = join(dirname(root.upper), "run");
      mkdirSync(place);
      const made: string[] = [];
      try {
        const operations = operationsOf(process, root, mounts, place, given);
        return await start(starterOf(helper, operations, place, root), io, made, signal);
      } finally {
        removeMade(root.upper, made);
        rmdirSync(place);
      }
    },
  };
}

/** The helper reads operations; without it a shell reads them as a script. */
function starterOf(helper: string | undefined, operations: readonly Operation[], place: string, root: RootFs): Starter {
  if (helper !== undefined) return { command: helper, args: [], env: {}, program: encodeProgram(operations), kill: false };
  const view = openView({ kind: "layers", folders: [...root.folders, root.upper] });
  return shellStart(operations, place, (path) => view.resolve(path));
}

function operationsOf(
  process: ProcessSpec,
  root: RootFs,
  mounts: readonly MountSpec[],
  place: string,
  given: bigint,
): Operation[] {
  const merged = `${place}/root`;
  const lowest = `${place}/stubs`;
  const flags = CLONE.newns | CLONE.newuts | CLONE.newipc | CLONE.newpid | (process.network === "none" ? CLONE.newnet : 0);
  const parts: Mounted[] = [...etcFiles(process, place), ...mounts.map((mount, index) => mountOperations(mount, index, place))];
  return [
    ["unshare", flags],
    process.terminal ? ["fork", "terminal"] : ["fork"],
    ["session"],
    ["mount", "", "/", "", MS.recursive | MS.private, ""],
    // Stubs and files that are mounted, secrets among them, are in memory and gone with the namespace.
    ["mount", "tmpfs", place, "tmpfs", MS.nosuid | MS.nodev, "mode=755"],
    ["mkdirs", merged, 0o755],
    ...stubs(lowest, mounts),
    overlay(merged, root.folders, root.upper, root.work, lowest, root.volatile),
    ...parts.flatMap(({ before }) => before),
    ["pivot", merged],
    ...systemMounts(process.shmSizeBytes ?? DEFAULT_SHM, process.privileged),
    ...parts.flatMap(({ after }) => after),
    ...(process.privileged ? [] : maskedPaths()),
    ...(process.network === "none" ? ([["loopback"]] as Operation[]) : []),
    ...(process.hostname ? ([["hostname", process.hostname]] as Operation[]) : []),
    ...(process.ulimits ?? []).map(({ resource, soft, hard }): Operation => ["limit", resource, soft, hard]),
    ["mkdirs", process.cwd, 0o755],
    ...(process.readonlyRoot ? ([["readonly", "/"]] as Operation[]) : []),
    ...(process.terminal ? ([["terminal", process.terminal.rows, process.terminal.columns]] as Operation[]) : []),
    ["umask", 0o022],
    ...asUser(process, given),
    ["chdir", process.cwd],
    ["exec", process.env.length, ...process.env, ...process.argv],
  ];
}

/** The rights of the process. Without SYS_ADMIN or no_new_privs a filter cannot be set, so it comes before the rights are given up. */
function asUser(process: ProcessSpec, given: bigint): Operation[] {
  const capabilities = capabilitiesOf(process.privileged, process.capAdd ?? [], process.capDrop ?? []) & given;
  const filter = process.privileged ? undefined : filterFor(capabilities);
  return [
    ...(filter ? ([["seccomp", filter]] as Operation[]) : []),
    ...becomeUser(process.user, capabilities),
    ...(process.noNewPrivileges ? ([["nonewprivileges"]] as Operation[]) : []),
  ];
}

const filters = new Map<bigint, string | undefined>();

function filterFor(capabilities: bigint): string | undefined {
  if (!filters.has(capabilities)) {
    const filter = seccompProgram(process.arch, (name) => hasCapability(capabilities, name));
    filters.set(capabilities, filter);
  }
  return filters.get(capabilities);
}
