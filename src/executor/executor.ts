/**
 * Processes on a root file system: what RUN and `run` start.
 *
 * A process gets namespaces of its own (mount, pid, ipc, uts), Docker's /dev, /proc and
 * /sys, Docker's capabilities and seccomp profile. All of it is a list of operations
 * that the native helper performs; when the first process ends the kernel kills the
 * rest of its pid namespace and the mounts are gone with the mount namespace.
 */
import { spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { getSystemErrorMap } from "node:util";
import { ALL_CAPABILITIES, DEFAULT_CAPABILITIES, hasCapability, parseCapabilityMask } from "./capabilities.ts";
import { setupFailed } from "./errors.ts";
import { helperPath } from "./native.ts";
import { hostsFile, resolvConf } from "./network.ts";
import { becomeUser, CLONE, encodeProgram, MS, maskedPaths, type Operation, systemMounts } from "./program.ts";
import { seccompProgram } from "./seccomp.ts";
import type { Ulimit } from "./ulimit.ts";
import type { Identity } from "./users.ts";

/** What is to run. */
export interface ProcessSpec {
  readonly argv: readonly string[];
  /** `NAME=value`, in order. */
  readonly env: readonly string[];
  readonly cwd: string;
  readonly user: Identity;
  readonly network: "host" | "none";
  /** All capabilities, no seccomp, nothing masked. */
  readonly privileged: boolean;
  readonly hostname?: string;
  /** `name:address`, for /etc/hosts. */
  readonly addHosts?: readonly string[];
  /** Bytes of /dev/shm; 64 MiB if left out. */
  readonly shmSizeBytes?: number;
  readonly ulimits?: readonly Ulimit[];
  readonly readonlyRoot?: boolean;
}

/** A root file system: layers and the folder that gets what is written. */
export interface RootFs {
  /** In overlayfs form, bottom to top; may be empty. */
  readonly folders: readonly string[];
  readonly upper: string;
  /** An empty folder on the disk of `upper`. */
  readonly work: string;
}

export type MountSpec =
  | { readonly type: "bind"; readonly source: string; readonly target: string; readonly readonly: boolean }
  | { readonly type: "tmpfs"; readonly target: string; readonly sizeBytes?: number }
  /** A part of a stack of layers; what is written goes to `upper`. */
  | {
      readonly type: "overlay";
      readonly folders: readonly string[];
      readonly upper: string;
      readonly work: string;
      readonly subpath: string;
      readonly target: string;
      readonly readonly: boolean;
    }
  /** A file in memory. */
  | {
      readonly type: "file";
      readonly name: string;
      readonly target: string;
      readonly content: Uint8Array;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
      readonly readonly: boolean;
    };

/** Where a process reads and writes. */
export type ProcessIo =
  | { readonly onOutput: (stream: "stdout" | "stderr", data: Uint8Array) => void; readonly stdin?: Readable }
  /** The terminal or files of this process itself. */
  | { readonly inherit: true; readonly stdin: boolean };

/** How a process ended; 128 and the signal's number if it was killed. */
export interface ExitStatus {
  readonly code: number;
}

export interface Executor {
  /**
   * Runs a process to its end. Rejects with EXECUTOR_SETUP_FAILED before it could begin,
   * and with the reason of `signal`; then nothing of it is left.
   */
  run(process: ProcessSpec, root: RootFs, mounts: readonly MountSpec[], io: ProcessIo, signal: AbortSignal): Promise<ExitStatus>;
}

const DEFAULT_SHM = 64 << 20;

/** Throws HELPER_MISSING. */
export async function openExecutor(): Promise<Executor> {
  const helper = helperPath();
  const given = parseCapabilityMask(readFileSync("/proc/self/status", "utf8"), "CapBnd");
  return {
    async run(process, root, mounts, io, signal) {
      signal.throwIfAborted();
      const place = join(dirname(root.upper), "run");
      mkdirSync(place);
      try {
        const program = encodeProgram(operationsOf(process, root, mounts, place, given));
        return await start(helper, program, io, signal);
      } finally {
        rmSync(place, { recursive: true, force: true });
      }
    },
  };
}

function operationsOf(
  process: ProcessSpec,
  root: RootFs,
  mounts: readonly MountSpec[],
  place: string,
  given: bigint,
): Operation[] {
  const merged = join(place, "root");
  mkdirSync(merged);
  const stubs = makeStubs(join(place, "stubs"));
  const flags = CLONE.newns | CLONE.newuts | CLONE.newipc | CLONE.newpid | (process.network === "none" ? CLONE.newnet : 0);
  const wanted = process.privileged ? ALL_CAPABILITIES : DEFAULT_CAPABILITIES;
  const capabilities = wanted & given;
  const filter = process.privileged
    ? undefined
    : seccompProgram(globalThis.process.arch, (name) => hasCapability(capabilities, name));
  return [
    ["unshare", flags],
    ["fork"],
    ["mount", "", "/", "", MS.recursive | MS.private, ""],
    overlay(merged, [...root.folders].reverse(), root.upper, root.work, stubs),
    ...systemMounts(merged, process.shmSizeBytes ?? DEFAULT_SHM),
    ...etcFiles(process, merged, place),
    ...mounts.flatMap((mount, index) => mountOperations(mount, index, merged, place)),
    ...(process.readonlyRoot ? ([["readonly", merged]] as Operation[]) : []),
    ["pivot", merged],
    ...(process.privileged ? [] : maskedPaths()),
    ...(process.network === "none" ? ([["loopback"]] as Operation[]) : []),
    ...(process.hostname ? ([["hostname", process.hostname]] as Operation[]) : []),
    ...(process.ulimits ?? []).map(({ resource, soft, hard }): Operation => ["limit", resource, soft, hard]),
    ["mkdirs", process.cwd, 0o755],
    ["umask", 0o022],
    ...(filter ? ([["seccomp", filter]] as Operation[]) : []),
    ...becomeUser(process.user, capabilities),
    ["chdir", process.cwd],
    ["exec", process.env.length, ...process.env, ...process.argv],
  ];
}

/** The lowest folder of the root: where system mounts go, so that none of these leaves a trace in the layer. */
function makeStubs(folder: string): string {
  for (const name of ["proc", "sys", "dev", "etc"]) mkdirSync(join(folder, name), { recursive: true });
  for (const name of ["etc/resolv.conf", "etc/hosts"]) writeFileSync(join(folder, name), "");
  return folder;
}

function overlay(target: string, lowers: readonly string[], upper: string, work: string, lowest?: string): Operation {
  const options = "redirect_dir=off,index=off,metacopy=off";
  return ["overlay", target, upper, work, options, ...lowers, ...(lowest ? [lowest] : [])];
}

function etcFiles(process: ProcessSpec, merged: string, place: string): Operation[] {
  const files = { "resolv.conf": resolvConf(), hosts: hostsFile(process.hostname, process.addHosts ?? []) };
  return Object.entries(files).flatMap(([name, text]): Operation[] => {
    const file = join(place, name);
    writeFileSync(file, text);
    chmodSync(file, 0o644);
    return [["trymount", file, `${merged}/etc/${name}`, "", MS.bind, ""]];
  });
}

function mountOperations(mount: MountSpec, index: number, merged: string, place: string): Operation[] {
  const target = `${merged}${mount.target}`;
  if (mount.type === "tmpfs") {
    const size = mount.sizeBytes ? `,size=${mount.sizeBytes}` : "";
    return [
      ["mkdirs", target, 0o755],
      ["mount", "tmpfs", target, "tmpfs", MS.nosuid | MS.nodev, `mode=1777${size}`],
    ];
  }
  if (mount.type === "overlay") {
    const stage = join(place, `mount-${index}`);
    mkdirSync(stage);
    const source = `${stage}${mount.subpath === "/" ? "" : mount.subpath}`;
    const lowest = join(place, "empty");
    mkdirSync(lowest, { recursive: true });
    return [
      overlay(stage, [...mount.folders].reverse(), mount.upper, mount.work, lowest),
      ...bindAt(source, target, mount.readonly, isFile(mount.folders, mount.subpath)),
    ];
  }
  if (mount.type === "file") {
    const file = join(place, mount.name);
    writeFileSync(file, mount.content, { mode: 0o600 });
    if (globalThis.process.getuid?.() === 0) chownSync(file, mount.uid, mount.gid);
    chmodSync(file, mount.mode);
    return bindAt(file, target, mount.readonly, true);
  }
  return bindAt(mount.source, target, mount.readonly, isPlainFile(mount.source));
}

function bindAt(source: string, target: string, readonly: boolean, file: boolean): Operation[] {
  const place: Operation[] = file
    ? [
        ["mkdirs", dirname(target), 0o755],
        ["touch", target],
      ]
    : [["mkdirs", target, 0o755]];
  return [
    ...place,
    ["mount", source, target, "", MS.bind | MS.recursive, ""],
    ...(readonly ? ([["readonly", target]] as Operation[]) : []),
  ];
}

function isFile(folders: readonly string[], path: string): boolean {
  for (const folder of [...folders].reverse()) if (existsSync(join(folder, path))) return isPlainFile(join(folder, path));
  return false;
}

function isPlainFile(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && !stat.isDirectory();
}

/** Starts the helper with its program; kills it and all below when `signal` aborts. */
async function start(helper: string, program: Buffer, io: ProcessIo, signal: AbortSignal): Promise<ExitStatus> {
  const inherit = "inherit" in io;
  const stdin = inherit ? (io.stdin ? "inherit" : "ignore") : io.stdin ? "pipe" : "ignore";
  const output = inherit ? "inherit" : "pipe";
  const child = spawn(helper, [], { stdio: [stdin, output, output, "pipe", "pipe"], env: {} });
  const kill = (): void => void child.kill("SIGKILL");
  signal.addEventListener("abort", kill, { once: true });
  let trouble = "";
  (child.stdio[4] as Readable).on("data", (chunk: Buffer) => {
    trouble += chunk.toString("utf8");
  });
  if (!inherit) {
    child.stdout?.on("data", (data: Buffer) => io.onOutput("stdout", data));
    child.stderr?.on("data", (data: Buffer) => io.onOutput("stderr", data));
    if (io.stdin && child.stdin) io.stdin.pipe(child.stdin);
  }
  const input = child.stdio[3] as Writable;
  input.on("error", () => {});
  input.end(program);
  try {
    const [code, by] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
    });
    signal.throwIfAborted();
    if (trouble && !trouble.startsWith("exec ")) throw troubleOf(trouble);
    if (trouble && !inherit) io.onOutput("stderr", Buffer.from(execTrouble(trouble)));
    return { code: code ?? 128 + (by ? constants.signals[by] : 0) };
  } finally {
    signal.removeEventListener("abort", kill);
  }
}

function troubleOf(text: string): Error {
  const [operation = "", errno = "", ...subject] = text.split(" ");
  return setupFailed(operation, errnoName(errno), subject.join(" "));
}

/** What a shell would say, since there is none to say it. */
function execTrouble(text: string): string {
  const [, errno = "", ...program] = text.split(" ");
  const name = errnoName(errno);
  const reason =
    name === "ENOENT"
      ? "no such file or directory"
      : name === "EACCES"
        ? "permission denied"
        : name === "ENOEXEC"
          ? "exec format error"
          : name;
  return `exec ${program.join(" ")}: ${reason}\n`;
}

function errnoName(errno: string): string {
  return getSystemErrorMap().get(-Number(errno))?.[0] ?? `errno ${errno}`;
}
