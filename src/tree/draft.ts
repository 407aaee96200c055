/**
 * A layer in the making, in memory: what it holds and where the contents lie.
 *
 * COPY decides on a draft what goes where. Only then are bytes moved, once: into a
 * folder in overlayfs form (`lay.ts`) where a later step works on the files, or into the
 * layer's tar (`pack.ts`) where nobody does.
 */
import type { EntryType } from "./entry.ts";

/** A file of a draft. */
export interface DraftFile {
  readonly type: Exclude<EntryType, "directory" | "socket">;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeNs: bigint;
  /** Bytes of a file's content. */
  readonly size: number;
  /** Where its content is on the host. */
  readonly host: string;
  /** Its path in the source, for messages. */
  readonly source: string;
  /** Where a symbolic link leads. */
  readonly link?: string;
  /** Number of a device. */
  readonly rdev?: bigint;
  /** The same for all names of one file. */
  readonly inode?: string;
  /** Files of the host whose extended attributes it gets. */
  readonly attributesOf: readonly string[];
}

export interface DraftFolder {
  readonly type: "directory";
  mode: number;
  uid: number;
  gid: number;
  /** 0 at the root, unless it is to have a time of its own. */
  mtimeNs: bigint;
  attributesOf: string[];
  /** Whether it exists nowhere below. */
  readonly isNew: boolean;
  readonly children: Map<string, DraftFile | DraftFolder>;
}

export type DraftNode = DraftFile | DraftFolder;

export function draftFolder(isNew: boolean, mtimeNs: bigint): DraftFolder {
  return { type: "directory", mode: 0o755, uid: 0, gid: 0, mtimeNs, attributesOf: [], isNew, children: new Map() };
}
