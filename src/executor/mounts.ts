/** Mounts as operations: a part before the root is changed, which opens sources, and one after it. */
import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MountSpec, ProcessSpec } from "./contract.ts";
import { hostsFile, resolvConf } from "./network.ts";
import { MS, type Operation } from "./program.ts";

/** The two parts of a mount. */
export interface Mounted {
  readonly before: readonly Operation[];
  readonly after: readonly Operation[];
}

/** Slots of the helper that the files of /etc take; those of other mounts follow. */
const ETC_SLOTS = 2;

/** An overlay of `folders` (bottom to top) over `lowest`. */
export function overlay(target: string, folders: readonly string[], upper: string, work: string, lowest: string): Operation {
  const options = "redirect_dir=off,index=off,metacopy=off";
  return ["overlay", target, upper, work, options, ...[...folders].reverse(), lowest];
}

/** /etc/resolv.conf and /etc/hosts, read-only as BuildKit mounts them. */
export function etcFiles(process: ProcessSpec, place: string): Mounted[] {
  const files = { "resolv.conf": resolvConf(), hosts: hostsFile(process.hostname, process.addHosts ?? []) };
  return Object.entries(files).map(([name, text], slot): Mounted => {
    const file = join(place, name);
    writeFileSync(file, text);
    chmodSync(file, 0o644);
    return bindAt(slot, file, "", `/etc/${name}`, true);
  });
}

/** A mount that was asked for; `place` is an empty folder for what it needs. */
export function mountOperations(mount: MountSpec, index: number, place: string): Mounted {
  const slot = ETC_SLOTS + index;
  if (mount.type === "tmpfs") {
    const size = mount.sizeBytes ? `,size=${mount.sizeBytes}` : "";
    const flags = MS.nosuid | MS.nodev | MS.noexec;
    return {
      before: [],
      after: [
        ["place", mount.target],
        ["mount", "tmpfs", mount.target, "tmpfs", flags, `mode=1777${size}`],
      ],
    };
  }
  if (mount.type === "overlay") {
    const stage = join(place, `mount-${index}`);
    const lowest = join(place, "empty");
    mkdirSync(stage);
    mkdirSync(lowest, { recursive: true });
    const part = bindAt(slot, stage, mount.subpath, mount.target, mount.readonly);
    return { before: [overlay(stage, mount.folders, mount.upper, mount.work, lowest), ...part.before], after: part.after };
  }
  if (mount.type === "file") {
    const file = join(place, mount.name);
    writeFileSync(file, mount.content, { mode: 0o600 });
    if (globalThis.process.getuid?.() === 0) chownSync(file, mount.uid, mount.gid);
    chmodSync(file, mount.mode);
    return bindAt(slot, file, "", mount.target, mount.readonly);
  }
  return bindAt(slot, mount.source, "", mount.target, mount.readonly);
}

function bindAt(slot: number, root: string, path: string, target: string, readonly: boolean): Mounted {
  return {
    before: [["tree", slot, root, path === "/" ? "" : path]],
    after: [["attach", slot, target], ...(readonly ? ([["readonly", target, "recursive"]] as Operation[]) : [])],
  };
}
