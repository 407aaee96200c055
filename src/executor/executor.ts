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
import { mkdirSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { openView, type View } from "../tree/index.ts";
import { capabilitiesOf, hasCapability } from "./capabilities.ts";
import { type Cgroup, openCgroup } from "./cgroup.ts";
import type { Executor, MountSpec, ProcessSpec, RootFs } from "./contract.ts";
import { helperMissing, terminalNeedsHelper, userNeedsHelper } from "./errors.ts";
import { etcFiles, type Mounted, mountOperations, overlay } from "./mounts.ts";
import { helperPath } from "./native.ts";
import { isAlone, ownPowers, type Powers } from "./powers.ts";
import {
  becomeUser,
  CLONE,
  encodeProgram,
  hostTrees,
  identity,
  MS,
  maskedPaths,
  type Operation,
  systemMounts,
} from "./program.ts";
import { seccompProgram } from "./seccomp.ts";
import { type Starter, start } from "./start.ts";
import { removeMade, stubs } from "./stubs.ts";
import { LACKING, missingTools, shellStart } from "./util-linux.ts";

const DEFAULT_SHM = 64 << 20;

/** Throws HELPER_MISSING, USER_NAMESPACE_MISSING. */
export async function openExecutor(): Promise<Executor> {
  const powers = ownPowers();
  const helper = helperPath();
  if (!powers.mounts) {
    if (helper === undefined) throw helperMissing(["a machine that lets it mount"]);
    const { bareExecutor } = await import("./bare.ts");
    return bareExecutor(helper, powers);
  }
  const missing = helper === undefined ? missingTools() : [];
  if (missing.length > 0) throw helperMissing(missing);
  return {
    limits: [...(helper === undefined ? [LACKING] : []), ...(isAlone(powers) ? [ALONE] : [])],
    async run(process, root, mounts, io, signal) {
      signal.throwIfAborted();
      if (helper === undefined && process.terminal) throw terminalNeedsHelper();
      const place = join(dirname(root.upper), "run");
      mkdirSync(place);
      const made: string[] = [];
      let cgroup: Cgroup | undefined;
      try {
        if (process.limits) cgroup = openCgroup(process.limits);
        const view = openView({ kind: "layers", folders: [...root.folders, root.upper] });
        const all = isAlone(powers) ? [...mounts, ...forOneUser(view)] : mounts;
        const operations = operationsOf(process, root, all, place, powers, "inherit" in io);
        const isMade = operations.some(([name]) => name === "identity");
        if (helper === undefined && isMade) throw userNeedsHelper(process.user.uid, process.user.gid);
        return await start(starterOf(helper, operations, place, view), io, made, signal, cgroup);
      } finally {
        cgroup?.close();
        removeMade(root.upper, made);
        rmdirSync(place);
      }
    },
  };
}

/** What a namespace with one user lacks, for people. */
const ALONE = "with a single user id: what a step makes belongs to root, and changes of owner have no effect";

/** apt gives up its rights and insists on having lost them, unless it is told not to. */
function forOneUser(view: View): MountSpec[] {
  if (!view.lookup("etc/apt/apt.conf.d")?.stat.isDirectory()) return [];
  const content = Buffer.from('APT::Sandbox::User "root";\n');
  const target = "/etc/apt/apt.conf.d/zz-slipway-one-user";
  return [{ type: "file", name: "apt-one-user", target, content, mode: 0o644, uid: 0, gid: 0, readonly: true }];
}

/** The helper reads operations; without it a shell reads them as a script. */
function starterOf(helper: string | undefined, operations: readonly Operation[], place: string, view: View): Starter {
  if (helper !== undefined) return { command: helper, args: [], env: {}, program: encodeProgram(operations), kill: false };
  return shellStart(operations, place, (path) => view.resolve(path));
}

function operationsOf(
  process: ProcessSpec,
  root: RootFs,
  mounts: readonly MountSpec[],
  place: string,
  powers: Powers,
  inherits: boolean,
): Operation[] {
  const merged = `${place}/root`;
  const lowest = `${place}/stubs`;
  const flags = CLONE.newns | CLONE.newuts | CLONE.newipc | CLONE.newpid | (process.network === "none" ? CLONE.newnet : 0);
  const parts: Mounted[] = [
    ...etcFiles(process, place),
    ...mounts.map((each, index) => mountOperations(each, index, place, powers)),
  ];
  return [
    ["unshare", flags],
    process.terminal ? ["fork", "terminal"] : inherits ? ["fork"] : ["fork", "pipes"],
    ["session"],
    ["mount", "", "/", "", MS.recursive | MS.private, ""],
    // Stubs and files that are mounted, secrets among them, are in memory and gone with the namespace.
    ["mount", "tmpfs", place, "tmpfs", MS.nosuid | MS.nodev, "mode=755"],
    ["mkdirs", merged, 0o755],
    ...stubs(lowest, mounts),
    overlay(merged, root, lowest, powers),
    ...hostTrees(powers),
    ...parts.flatMap(({ before }) => before),
    ["pivot", merged],
    ...systemMounts(process.shmSizeBytes ?? DEFAULT_SHM, process.privileged, powers),
    ...parts.flatMap(({ after }) => after),
    ...(process.privileged ? [] : maskedPaths()),
    ...(process.network === "none" ? ([["loopback"]] as Operation[]) : []),
    ...(process.hostname ? ([["hostname", process.hostname]] as Operation[]) : []),
    ...(process.ulimits ?? []).map(({ resource, soft, hard }): Operation => ["limit", resource, soft, hard]),
    ["mkdirs", process.cwd, 0o755],
    ...(process.readonlyRoot ? ([["readonly", "/"]] as Operation[]) : []),
    ...(process.terminal ? ([["terminal", process.terminal.rows, process.terminal.columns]] as Operation[]) : []),
    ["umask", 0o022],
    ...asUser(process, powers),
    ["chdir", process.cwd],
    ["exec", process.env.length, ...process.env, ...process.argv],
  ];
}

/** The rights of the process. Without SYS_ADMIN or no_new_privs a filter cannot be set, so it comes before the rights are given up. */
function asUser(process: ProcessSpec, powers: Powers): Operation[] {
  const { user } = process;
  const capabilities = capabilitiesOf(process.privileged, process.capAdd ?? [], process.capDrop ?? []) & powers.capabilities;
  const within = identity(user, powers, process.keepCaller ?? false);
  const pretend = isAlone(powers) && within.length === 0;
  const filter = process.privileged && !pretend ? undefined : filterFor(capabilities, pretend);
  return [
    ...within,
    ...(filter ? ([["seccomp", filter]] as Operation[]) : []),
    ...becomeUser(user, capabilities, powers, within.length > 0),
    ...(process.noNewPrivileges ? ([["nonewprivileges"]] as Operation[]) : []),
  ];
}

const filters = new Map<string, string | undefined>();

function filterFor(capabilities: bigint, pretend: boolean): string | undefined {
  const key = `${capabilities} ${pretend}`;
  if (!filters.has(key)) {
    const filter = seccompProgram(process.arch, (name) => hasCapability(capabilities, name), pretend);
    filters.set(key, filter);
  }
  return filters.get(key);
}
