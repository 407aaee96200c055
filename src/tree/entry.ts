/** What a file is, wherever it lies: in a folder, a tar, a layer. */
export type EntryType = "file" | "directory" | "symlink" | "char" | "block" | "fifo" | "socket";

export interface Entry {
  /** Relative to the root of its tree, parts joined by `/`, no slash at either end; the root itself is "". */
  readonly path: string;
  readonly type: EntryType;
  /** The twelve permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes; 0 for what is no file. */
  readonly size: number;
  /** Nanoseconds since the epoch. */
  readonly mtimeNs: bigint;
  /** Target of a symbolic link, as it is written. */
  readonly link?: string;
  /** Of a device. */
  readonly major?: number;
  readonly minor?: number;
  /** Extended attributes by name. */
  readonly xattrs?: ReadonlyMap<string, Buffer>;
}
