/** Mounts as operations: a part before the root is changed, which opens sources, and one after it. */
import { hasId } from "../tree/index.ts";
import type { MountSpec, ProcessSpec, RootFs } from "./contract.ts";
import { hostsFile, resolvConf } from "./network.ts";
import type { Powers } from "./powers.ts";
import { FIRST_FREE_SLOT, MS, type Operation } from "./program.ts";

/** The two parts of a mount. */
export interface Mounted {
  readonly before: readonly Operation[];
  readonly after: readonly Operation[];
}

/** Slots of the helper: the files of /etc first, then the other mounts. */
const MOUNT_SLOTS: number = FIRST_FREE_SLOT + 2;

/** An overlay over `lowest`. */
export function overlay(target: string, { folders, upper, work, volatile }: RootFs, lowest: string, powers: Powers): Operation {
  // With the user's attributes there are neither redirected folders nor metacopies, and they may not be named.
  const options = powers.confined ? ["index=off", "userxattr"] : ["redirect_dir=off", "index=off", "metacopy=off"];
  if (volatile) options.push("volatile");
  return ["overlay", target, upper, work, options.join(","), ...[...folders].reverse(), lowest];
}

/** /etc/resolv.conf and /etc/hosts, read-only as BuildKit mounts them. */
export function etcFiles(process: ProcessSpec, place: string): Mounted[] {
  const files = { "resolv.conf": resolvConf(), hosts: hostsFile(process.hostname, process.addHosts ?? []) };
  return Object.entries(files).map(([name, text], index): Mounted => {
    const file = `${place}/${name}`;
    const part = bindAt(FIRST_FREE_SLOT + index, file, "", `/etc/${name}`, true);
    return { before: [fileAt(file, Buffer.from(text), 0o644, 0, 0), ...part.before], after: part.after };
  });
}

/** A mount that was asked for; `place` is a folder in memory for what it needs. */
export function mountOperations(mount: MountSpec, index: number, place: string, powers: Powers): Mounted {
  const slot = MOUNT_SLOTS + index;
  if (mount.type === "tmpfs") {
    const size = mount.sizeBytes ? `,size=${mount.sizeBytes}` : "";
    const flags = mount.executable ? MS.nosuid : MS.nosuid | MS.nodev | MS.noexec;
    return {
      before: [],
      after: [
        ["place", mount.target],
        ["mount", "tmpfs", mount.target, "tmpfs", flags, `mode=1777${size}`],
      ],
    };
  }
  if (mount.type === "overlay") {
    const stage = `${place}/mount-${index}`;
    const lowest = `${place}/empty`;
    const part = bindAt(slot, stage, mount.subpath, mount.target, mount.readonly);
    const folders: Operation[] = [stage, lowest].map((folder) => ["mkdirs", folder, 0o755]);
    return {
      before: [...folders, overlay(stage, mount, lowest, powers), ...part.before],
      after: part.after,
    };
  }
  if (mount.type === "file") {
    const file = `${place}/${mount.name}`;
    const part = bindAt(slot, file, "", mount.target, mount.readonly);
    // A user who does not exist here is a namespace's root when it reads the file.
    const uid = hasId(powers.uids, mount.uid) ? mount.uid : 0;
    const gid = hasId(powers.gids, mount.gid) ? mount.gid : 0;
    return { before: [fileAt(file, mount.content, mount.mode, uid, gid), ...part.before], after: part.after };
  }
  return bindAt(slot, mount.source, "", mount.target, mount.readonly);
}

function fileAt(path: string, content: Uint8Array, mode: number, uid: number, gid: number): Operation {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return ["file", path, mode, uid, gid, bytes.toString("hex")];
}

function bindAt(slot: number, root: string, path: string, target: string, readonly: boolean): Mounted {
  return {
    before: [["tree", slot, root, path === "/" ? "" : path]],
    after: [["attach", slot, target], ...(readonly ? ([["readonly", target, "recursive"]] as Operation[]) : [])],
  };
}
