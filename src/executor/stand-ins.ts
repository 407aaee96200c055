/**
 * What is mounted elsewhere, as files and folders of the root itself, for the time of a process.
 *
 * What lies at their place is put aside before, and they are gone after it, together with
 * folders that had to be made for them; the times of the folders they lie in stay. So no
 * trace of them is in the layer.
 */
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, posix } from "node:path";
import { allBelow, giveOwner, makeNode, offload, ownerOf, setTimes, type TreeSource, View } from "../tree/index.ts";
import type { MountSpec } from "./contract.ts";
import { needsMounts } from "./errors.ts";
import { DEVICE_LINKS, DEVICES } from "./program.ts";

export class StandIns {
  readonly #root: string;
  /** A folder on the same disk, for what is put aside. */
  readonly #aside: string;
  readonly #view: View;
  /** Paths from the root: those that stand in for something, and folders made for them. */
  readonly paths: Set<string> = new Set();
  readonly #placed: string[] = [];
  readonly #made: string[] = [];
  /** Times that folders had before something was put into them. */
  readonly #times = new Map<string, bigint>();
  /** Folders that the process may change for good, and whose they are. */
  readonly #kept: { readonly path: string; readonly source: string }[] = [];

  constructor(root: string, aside: string) {
    this.#root = root;
    this.#aside = aside;
    this.#view = new View({ kind: "layers", folders: [root] }, false);
  }

  /** /dev with its nodes, as far as this process may make them; /proc with copies of what tells of the machine; /sys is empty. */
  system(): void {
    this.#folder("/sys", 0o555);
    const proc = this.#folder("/proc", 0o755);
    for (const path of MACHINE_FACTS) copyFact(`/proc/${path}`, join(proc, path));
    const dev = this.#folder("/dev", 0o755);
    for (const [name, mode, major, minor] of DEVICES)
      if (makeNode(join(dev, name), "char", mode, major, minor)) chmodSync(join(dev, name), mode);
    for (const [target, name] of DEVICE_LINKS) symlinkSync(target, join(dev, name));
    for (const name of ["pts", "shm", "mqueue"]) mkdirSync(join(dev, name));
    for (const name of ["shm", "mqueue"]) chmodSync(join(dev, name), 0o1777);
  }

  file(target: string, content: string | Uint8Array, mode: number, uid: number, gid: number): void {
    const host = this.#place(target);
    writeFileSync(host, content, { mode: 0o600 });
    giveOwner(host, { uid, gid });
    chmodSync(host, mode);
  }

  /** Throws NEEDS_MOUNTS for what a copy cannot stand in for. */
  async mount(mount: MountSpec, signal: AbortSignal): Promise<void> {
    const { target } = mount;
    if (mount.type === "tmpfs") this.#folder(target, 0o1777);
    else if (mount.type === "file") this.file(target, mount.content, mount.mode, mount.uid, mount.gid);
    else if (mount.type === "overlay")
      await this.#copy({ kind: "layers", folders: mount.folders }, mount.subpath, target, signal);
    else {
      if (!mount.readonly && !mount.replaceable) throw needsMounts(`a mount of ${mount.source} that can be written to`);
      await this.#copy({ kind: "folder", root: mount.source, ignore: [] }, "/", target, signal);
      if (!mount.readonly) this.#kept.push({ path: this.#placed.at(-1) ?? "", source: mount.source });
    }
  }

  /** Takes all away, and keeps what was written to folders that may be replaced. */
  clear(): void {
    for (const { path, source } of this.#kept) {
      const old = join(this.#aside, `old-${this.#placed.indexOf(path)}`);
      renameSync(source, old);
      renameSync(`${this.#root}${path}`, source);
    }
    for (const path of [...this.#placed].reverse()) this.#quietly(path, (host) => rmSync(host, { recursive: true, force: true }));
    for (const path of [...this.#made].reverse()) {
      this.#quietly(path, (host) => {
        try {
          rmdirSync(host);
        } catch {
          // Not empty: the process has used it, so it is part of the layer.
        }
      });
    }
  }

  async #copy(source: TreeSource, path: string, target: string, signal: AbortSignal): Promise<void> {
    const view = new View(source, false);
    const found = view.lookup(view.resolve(path));
    if (found && !found.stat.isDirectory()) {
      if (!found.stat.isFile()) throw needsMounts(`a mount of ${path}, which is neither a file nor a folder`);
      const host = this.#place(target);
      copyFileSync(found.host, host);
      giveOwner(host, ownerOf(found.host, found.stat));
      chmodSync(host, Number(found.stat.mode) & 0o7777);
      return;
    }
    const host = this.#folder(target, 0o755);
    if (!found) return;
    await copyTree(source, path, host, signal);
    giveOwner(host, ownerOf(found.host, found.stat));
    chmodSync(host, Number(found.stat.mode) & 0o7777);
  }

  #folder(target: string, mode: number): string {
    const host = this.#place(target);
    mkdirSync(host);
    chmodSync(host, mode);
    return host;
  }

  /** Where something can be made: links of the image followed, what is there put aside. */
  #place(target: string): string {
    const path = `/${this.#view.resolve(posix.resolve("/", target))}`;
    this.#parents(posix.dirname(path));
    this.#quietly(path, (host) => {
      if (lstatSync(host, { throwIfNoEntry: false })) renameSync(host, join(this.#aside, `aside-${this.#placed.length}`));
    });
    this.paths.add(path);
    this.#placed.push(path);
    const parent = `${this.#root}${posix.dirname(path)}`;
    const { mtimeNs } = lstatSync(parent, { bigint: true });
    // What is made next changes the time of the folder it lies in.
    this.#times.set(parent, this.#times.get(parent) ?? mtimeNs);
    return `${this.#root}${path}`;
  }

  /** To be called when all are in place. */
  settle(): void {
    for (const [folder, mtimeNs] of this.#times) setTimes(folder, mtimeNs);
  }

  #parents(path: string): void {
    if (path === "/" || lstatSync(`${this.#root}${path}`, { throwIfNoEntry: false })) return;
    this.#parents(posix.dirname(path));
    this.#quietly(path, (host) => {
      mkdirSync(host);
      chmodSync(host, 0o755);
    });
    this.paths.add(path);
    this.#made.push(path);
  }

  /** Does something to a path without a trace in the time of the folder it lies in. */
  #quietly(path: string, action: (host: string) => void): void {
    const parent = `${this.#root}${posix.dirname(path)}`;
    const stat = lstatSync(parent, { bigint: true, throwIfNoEntry: false });
    if (!stat) return;
    action(`${this.#root}${path}`);
    setTimes(parent, stat.mtimeNs);
  }
}

/** Files of /proc that programs ask for the machine's size and kind; none of them is about a process. */
const MACHINE_FACTS: readonly string[] = [
  ..."cpuinfo filesystems loadavg meminfo stat uptime version vmstat".split(" "),
  ..."cap_last_cap ngroups_max osrelease ostype pid_max version".split(" ").map((name) => `sys/kernel/${name}`),
  "sys/vm/overcommit_memory",
];

function copyFact(from: string, to: string): void {
  try {
    const text = readFileSync(from);
    mkdirSync(posix.dirname(to), { recursive: true });
    writeFileSync(to, text, { mode: 0o444 });
  } catch {
    // What this machine does not tell, no program here learns.
  }
}

/** Copies what is below `path` of a tree into an empty folder, with owners, attributes and links. */
export async function copyTree(source: TreeSource, path: string, layer: string, signal: AbortSignal): Promise<void> {
  await offload("copyFiles", { ...allBelow(source, path), layer }, signal);
}
