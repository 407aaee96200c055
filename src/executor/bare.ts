/**
 * Processes where nothing can be mounted: root of a container that may neither mount nor
 * make namespaces, as Docker and Kubernetes start them, but may change its root.
 *
 * The layers are copied into a folder, the process runs in it by chroot(2), and what has
 * changed is moved into the layer. A copy of the image a step is the price.
 */
import { chmodSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { giveOwner, moveChanges, noteTree, ownerOf } from "../tree/index.ts";
import { capabilitiesOf, hasCapability } from "./capabilities.ts";
import type { Executor, ProcessSpec, RootFs } from "./contract.ts";
import { needsMounts } from "./errors.ts";
import { hostsFile, resolvConf } from "./network.ts";
import type { Powers } from "./powers.ts";
import { becomeUser, encodeProgram, type Operation } from "./program.ts";
import { copyTree, StandIns } from "./stand-ins.ts";
import { start } from "./start.ts";

/** What this way lacks, for people. */
const BARE =
  "in a plain folder, since nothing can be mounted here: /proc tells of the machine only, /sys is empty, processes see each other, mounts are copies, and there is no seccomp filter but that of the surroundings";

export function bareExecutor(helper: string, powers: Powers): Executor {
  return {
    limits: [BARE],
    async run(process, root, mounts, io, signal) {
      signal.throwIfAborted();
      refuse(process);
      const place = join(dirname(root.upper), "run");
      const merged = join(place, "root");
      mkdirSync(merged, { recursive: true });
      try {
        await merge(root, merged, signal);
        const standIns = new StandIns(merged, place);
        standIns.system();
        standIns.file("/etc/resolv.conf", resolvConf(), 0o644, 0, 0);
        standIns.file("/etc/hosts", hostsFile(process.hostname, process.addHosts ?? []), 0o644, 0, 0);
        for (const mount of mounts) await standIns.mount(mount, signal);
        standIns.settle();
        const before = noteTree(merged, standIns.paths);
        const program = encodeProgram(operationsOf(process, merged, powers, "inherit" in io));
        try {
          return await start({ command: helper, args: [], env: {}, program, kill: false }, io, [], signal);
        } finally {
          standIns.clear();
          moveChanges(merged, before, root.upper);
        }
      } finally {
        rmSync(place, { recursive: true, force: true });
      }
    },
  };
}

function refuse({ network, terminal, readonlyRoot, privileged }: ProcessSpec): void {
  if (network === "none") throw needsMounts("a network of its own");
  if (terminal) throw needsMounts("a terminal");
  if (readonlyRoot) throw needsMounts("a root that cannot be written to");
  if (privileged) throw needsMounts("a privileged process");
}

/** The folder that is to be the layer looks as the root does. */
async function merge({ folders, upper }: RootFs, merged: string, signal: AbortSignal): Promise<void> {
  if (folders.length > 0) await copyTree({ kind: "layers", folders }, "/", merged, signal);
  const stat = lstatSync(upper);
  giveOwner(merged, ownerOf(upper, stat));
  chmodSync(merged, stat.mode & 0o7777);
}

function operationsOf(process: ProcessSpec, merged: string, powers: Powers, inherits: boolean): Operation[] {
  const capabilities = capabilitiesOf(false, process.capAdd ?? [], process.capDrop ?? []) & powers.capabilities;
  const rights = becomeUser(process.user, capabilities, powers, false);
  const mayDrop = hasCapability(powers.capabilities, "SETPCAP");
  return [
    ["fork", "reap", ...(inherits ? [] : ["pipes"])],
    ["session"],
    ["chroot", merged],
    ...(process.ulimits ?? []).map(({ resource, soft, hard }): Operation => ["limit", resource, soft, hard]),
    ["mkdirs", process.cwd, 0o755],
    ["umask", 0o022],
    ...rights.filter(([name]) => name !== "bounding" || mayDrop),
    ...(process.noNewPrivileges ? ([["nonewprivileges"]] as Operation[]) : []),
    ["chdir", process.cwd],
    ["exec", process.env.length, ...process.env, ...process.argv],
  ];
}
