/** Mounts as operations: a part before the root is changed, which opens sources, and one after it. */
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
export function overlay(
  target: string,
  folders: readonly string[],
  upper: string,
  work: string,
  lowest: string,
  volatile = false,
): Operation {
  const options = `redirect_dir=off,index=off,metacopy=off${volatile ? ",volatile" : ""}`;
  return ["overlay", target, upper, work, options, ...[...folders].reverse(), lowest];
}

/** /etc/resolv.conf and /etc/hosts, read-only as BuildKit mounts them. */
export function etcFiles(process: ProcessSpec, place: string): Mounted[] {
  const files = { "resolv.conf": resolvConf(), hosts: hostsFile(process.hostname, process.addHosts ?? []) };
  return Object.entries(files).map(([name, text], slot): Mounted => {
    const file = `${place}/${name}`;
    const part = bindAt(slot, file, "", `/etc/${name}`, true);
    return { before: [fileAt(file, Buffer.from(text), 0o644, 0, 0), ...part.before], after: part.after };
  });
}

/** A mount that was asked for; `place` is a folder in memory for what it needs. */
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
    const stage = `${place}/mount-${index}`;
    const lowest = `${place}/empty`;
    const part = bindAt(slot, stage, mount.subpath, mount.target, mount.readonly);
    const folders: Operation[] = [stage, lowest].map((folder) => ["mkdirs", folder, 0o755]);
    return {
      before: [...folders, overlay(stage, mount.folders, mount.upper, mount.work, lowest), ...part.before],
      after: part.after,
    };
  }
  if (mount.type === "file") {
    const file = `${place}/${mount.name}`;
    const part = bindAt(slot, file, "", mount.target, mount.readonly);
    return { before: [fileAt(file, mount.content, mount.mode, mount.uid, mount.gid), ...part.before], after: part.after };
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
