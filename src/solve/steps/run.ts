/** RUN: a process on the snapshot; what it writes is the layer. */
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bug } from "../../core/index.ts";
import {
  type Executor,
  homeOf,
  type MountSpec,
  type ProcessIo,
  type ProcessSpec,
  parseUlimit,
  type ResourceLimits,
  resolveUser,
} from "../../executor/index.ts";
import type { RunMount, RunStep } from "../../graph/index.ts";
import type { Draft, Store } from "../../store/index.ts";
import { giveOwner, offload, openView, type TreeSource } from "../../tree/index.ts";
import { mountSourceMissing, runFailed } from "../errors.ts";
import { type Loans, secretOf, sshSocketOf } from "../secrets.ts";
import { cacheMountName, openCacheMount } from "./cache-mounts.ts";
import { openSshSocket } from "./ssh-socket.ts";

/** What a RUN works on. */
export interface RunPlace {
  readonly store: Store;
  /** The file with the tar that a new cache mount of this name starts with, if somebody offers one. */
  readonly mountTar?: (name: string) => Promise<string | undefined>;
  /** Whether a cache mount of this name is to begin anew. */
  readonly startsAnew?: (name: string) => boolean;
  readonly executor: Executor;
  /** A program of this machine that the step must see at its own path: it runs those of another processor. */
  readonly emulator?: string;
  readonly loans: Loans;
  readonly limits?: ResourceLimits;
  readonly draft: Draft;
  /** Folders of the layers below, bottom to top. */
  readonly below: readonly string[];
  readonly accounts: { readonly passwd: string | undefined; readonly group: string | undefined };
  readonly inputs: readonly TreeSource[];
  /** An empty folder for what the step needs beside its layer; it is removed afterwards. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  readonly onOutput: (stream: "stdout" | "stderr", data: Uint8Array) => void;
  /** Awaited when the process has failed, while all that it had is still there. */
  readonly onFailure?: (failed: FailedProcess) => Promise<void>;
}

/** A process of a RUN that failed. Its files and mounts are there until whoever was told of it is done. */
export interface FailedProcess {
  readonly argv: readonly string[];
  readonly exitCode: number;
  /** The shell that read the command; `/bin/sh` for a command in exec form. */
  readonly shell: string;
  /** Runs another process with the files, mounts, variables and user of the one that failed, and returns its exit code. */
  run(argv: readonly string[], io: ProcessIo, options: AgainOptions): Promise<number>;
}

export interface AgainOptions {
  readonly signal: AbortSignal;
  readonly terminal?: NonNullable<ProcessSpec["terminal"]>;
}

/** Runs the process to its end. Throws RUN_FAILED, and the errors of its mounts. */
export async function performRun(step: RunStep, place: RunPlace): Promise<void> {
  const locks: Disposable[] = [];
  try {
    const prepared: Prepared = { mounts: [], env: [], locks, caches: new Map() };
    await openCaches(step, place, prepared);
    for (const [index, mount] of step.mounts.entries()) await prepareMount(mount, index, place, prepared);
    const { emulator } = place;
    if (emulator) prepared.mounts.push({ type: "bind", source: emulator, target: emulator, readonly: true });
    if (step.pipes?.length) prepared.mounts.push(pipesMount(step, place));
    const user = resolveUser(step.user, place.accounts.passwd, place.accounts.group);
    const spec: ProcessSpec = {
      argv: step.argv,
      env: withHome([...environment(step), ...prepared.env], homeOf(user.uid, place.accounts.passwd)),
      cwd: step.cwd,
      user,
      network: step.network === "none" ? "none" : "host",
      privileged: step.security === "insecure",
      hostname: step.hostname ?? "buildkitsandbox",
      ...(step.addHosts ? { addHosts: step.addHosts } : {}),
      ...(step.shmSizeBytes ? { shmSizeBytes: step.shmSizeBytes } : {}),
      ...(place.limits ? { limits: place.limits } : {}),
      ...(step.ulimits ? { ulimits: step.ulimits.map(parseUlimit) } : {}),
    };
    const root = { folders: place.below, upper: place.draft.folder, work: place.draft.work, volatile: true };
    const status = await place.executor.run(spec, root, prepared.mounts, { onOutput: place.onOutput }, place.signal);
    place.signal.throwIfAborted();
    if (status.code === 0) return;
    await place.onFailure?.({
      argv: step.argv,
      exitCode: status.code,
      shell: step.argv[1] === "-c" ? (step.argv[0] as string) : "/bin/sh",
      run: async (argv, io, { signal, terminal }) => {
        // The work folder of a volatile mount serves only once.
        const work = mkdtempSync(join(place.scratch, "work-"));
        const again = { ...spec, argv, ...(terminal ? { terminal, env: ["TERM=xterm", ...spec.env] } : {}) };
        return (await place.executor.run(again, { ...root, work }, prepared.mounts, io, signal)).code;
      },
    });
    throw runFailed(step.argv, status.code);
  } finally {
    for (const lock of locks) lock[Symbol.dispose]();
  }
}

interface Prepared {
  readonly mounts: MountSpec[];
  readonly env: string[];
  readonly locks: Disposable[];
  readonly caches: Map<RunMount, string>;
}

/**
 * Steps that want the same caches take them in one order, so that none waits for the
 * other; a cache that is mounted twice in a step is taken once.
 */
async function openCaches(step: RunStep, place: RunPlace, { locks, caches }: Prepared): Promise<void> {
  const wanted = step.mounts
    .filter((mount) => mount.type === "cache")
    .map((mount) => ({ mount, start: mount.input === undefined ? undefined : place.inputs[mount.input] }))
    .map((one) => ({ ...one, name: cacheMountName(one.mount.id, one.start && [one.start, one.mount.source]) }))
    .sort((a, b) =>
      a.name === b.name ? Number(b.mount.sharing === "locked") - Number(a.mount.sharing === "locked") : a.name < b.name ? -1 : 1,
    );
  let last: { readonly name: string; readonly folder: string } | undefined;
  for (const { mount, start, name } of wanted) {
    if (last?.name !== name) {
      const cache = await openCacheMount({ ...place, start }, mount);
      locks.push(cache.lock);
      last = { name, folder: cache.folder };
    }
    caches.set(mount, last.folder);
  }
}

async function prepareMount(mount: RunMount, index: number, place: RunPlace, prepared: Prepared): Promise<void> {
  if (mount.type === "tmpfs") {
    const size = mount.sizeBytes ? { sizeBytes: mount.sizeBytes } : {};
    prepared.mounts.push({ type: "tmpfs", target: mount.target, executable: true, ...size });
  } else if (mount.type === "bind") {
    prepared.mounts.push(await bindMount(mount, index, place));
  } else if (mount.type === "cache") {
    prepared.mounts.push({
      type: "bind",
      source: cacheFolder(prepared, mount),
      target: mount.target,
      readonly: mount.readonly,
      replaceable: true,
    });
  } else if (mount.type === "secret") {
    prepareSecret(mount, index, place, prepared);
  } else {
    const socket = sshSocketOf(place.loans, mount.id, mount.required);
    prepared.env.push(`SSH_AUTH_SOCK=${mount.target}`);
    if (!socket) return;
    const own = join(place.scratch, `ssh-${index}`);
    prepared.locks.push(await openSshSocket(own, socket, mount));
    prepared.mounts.push({ type: "bind", source: own, target: mount.target, readonly: false });
  }
}

function cacheFolder({ caches }: Prepared, mount: RunMount): string {
  const folder = caches.get(mount);
  if (folder === undefined) throw bug("a cache mount was not opened");
  return folder;
}

/** Files of another snapshot are shown where they lie; those of a context are copied first, so that what is ignored stays unseen. */
async function bindMount(mount: Extract<RunMount, { type: "bind" }>, index: number, place: RunPlace): Promise<MountSpec> {
  const tree = mount.input === undefined ? undefined : place.inputs[mount.input];
  const own = join(place.scratch, `mount-${index}`);
  mkdirSync(join(own, "upper"), { recursive: true });
  mkdirSync(join(own, "work"));
  let folders: readonly string[] = [];
  if (tree?.kind === "layers") folders = tree.folders;
  else if (tree) {
    const copy = join(own, "files");
    mkdirSync(copy);
    const whole = {
      source: "/",
      wildcard: false,
      followLinks: true,
      contentsOnly: true,
      unpack: "never" as const,
      parents: false,
      exclude: [],
    };
    await offload(
      "copyFiles",
      { parts: [{ source: tree, action: { ...whole, ignoreMissing: false } }], dest: "/", layer: copy, below: [] },
      place.signal,
    );
    folders = [copy];
  }
  if (tree && !openView({ kind: "layers", folders }).lookup(mount.source)) throw mountSourceMissing(mount.source);
  const { target } = mount;
  return {
    type: "overlay",
    folders,
    upper: join(own, "upper"),
    work: join(own, "work"),
    subpath: mount.source,
    target,
    readonly: !mount.writable,
  };
}

function prepareSecret(mount: Extract<RunMount, { type: "secret" }>, index: number, place: RunPlace, prepared: Prepared): void {
  const bytes = secretOf(place.loans, mount.id, mount.required);
  if (!bytes) return;
  if (mount.env) prepared.env.push(`${mount.env}=${bytes.toString("utf8")}`);
  if (!mount.target) return;
  prepared.mounts.push({
    type: "file",
    target: mount.target,
    content: bytes,
    mode: mount.mode,
    uid: mount.uid,
    gid: mount.gid,
    readonly: true,
    name: `secret-${index}`,
  });
}

/** BuildKit puts heredocs that are scripts in a folder of their own, executable for all. */
function pipesMount(step: RunStep, place: RunPlace): MountSpec {
  const folder = join(place.scratch, "pipes");
  mkdirSync(folder);
  for (const { name, content } of step.pipes ?? []) {
    const file = join(folder, name);
    writeFileSync(file, content);
    chmodSync(file, 0o755);
    giveOwner(file, { uid: 0, gid: 0 });
  }
  return { type: "bind", source: folder, target: "/dev/pipes", readonly: true };
}

/** Proxies that were given win over ENV, as with BuildKit. */
function environment({ env, proxyEnv = [] }: RunStep): string[] {
  const nameOf = (pair: string): string => pair.slice(0, pair.indexOf("="));
  const given = new Set(proxyEnv.map(nameOf));
  return [...env.filter((pair) => !given.has(nameOf(pair))), ...proxyEnv];
}

function withHome(env: readonly string[], home: string): string[] {
  return env.some((pair) => pair.startsWith("HOME=")) ? [...env] : [...env, `HOME=${home}`];
}
