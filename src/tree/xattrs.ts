/** Giving a file extended attributes, as far as this process may. */
import { isMachineRoot } from "./privilege.ts";
import { setXattr } from "./syscalls.ts";

/** A file system without attributes takes none, and who is not root of the machine may not set all of them. */
export function writeXattrs(path: string, xattrs: Iterable<readonly [name: string, value: Uint8Array]>): void {
  for (const [name, value] of xattrs) {
    try {
      setXattr(path, name, value);
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (code !== "ENOTSUP" && code !== "EOPNOTSUPP" && (isMachineRoot || code !== "EPERM")) throw error;
    }
  }
}
