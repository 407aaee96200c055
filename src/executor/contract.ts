/** What is asked of an executor. */
import type { Readable } from "node:stream";
import type { ResourceLimits } from "./cgroup.ts";
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
  readonly limits?: ResourceLimits;
  readonly readonlyRoot?: boolean;
  /** A terminal of its own, of this size until the one of this process tells its own. */
  readonly terminal?: { readonly rows: number; readonly columns: number };
  /** Capabilities beside Docker's and without, as names; `ALL` is all of them. */
  readonly capAdd?: readonly string[];
  readonly capDrop?: readonly string[];
  /** In a user namespace: a user with the number of the one who made it is that one, to whom its files of the host belong. */
  readonly keepCaller?: boolean;
  /** Programs with a setuid bit get no more rights; not set for a RUN. */
  readonly noNewPrivileges?: boolean;
}

/** A root file system: layers and the folder that gets what is written. */
export interface RootFs {
  /** In overlayfs form, bottom to top; may be empty. */
  readonly folders: readonly string[];
  readonly upper: string;
  /** An empty folder on the disk of `upper`. */
  readonly work: string;
  /** What is written may be lost if the machine goes down meanwhile: fsync costs nothing, and `work` serves only once. */
  readonly volatile?: boolean;
}

export type MountSpec =
  | {
      readonly type: "bind";
      readonly source: string;
      readonly target: string;
      readonly readonly: boolean;
      /** A folder of the store, which a copy that the process has changed may replace. */
      readonly replaceable?: boolean;
    }
  | {
      readonly type: "tmpfs";
      readonly target: string;
      readonly sizeBytes?: number;
      /** Programs and devices in it work. */
      readonly executable?: boolean;
    }
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

/** Passes a signal on to a process. */
export type SendSignal = (signal: NodeJS.Signals) => void;

/** Where a process reads and writes, and who is told that it has begun. */
export type ProcessIo = { readonly onStarted?: (send: SendSignal) => void } & (
  | { readonly onOutput: (stream: "stdout" | "stderr", data: Uint8Array) => void; readonly stdin?: Readable }
  /** The terminal or files of this process itself. A process with a terminal needs this. */
  | { readonly inherit: true; readonly stdin: boolean }
);

/** How a process ended; 128 and the signal's number if it was killed. */
export interface ExitStatus {
  readonly code: number;
}

export interface Executor {
  /** What this way of running lacks against the whole, a phrase each; empty for root of the machine with the native helper. */
  readonly limits: readonly string[];
  /**
   * Runs a process to its end. Rejects with EXECUTOR_SETUP_FAILED before it could begin,
   * and with the reason of `signal`; then nothing of it is left.
   */
  run(process: ProcessSpec, root: RootFs, mounts: readonly MountSpec[], io: ProcessIo, signal: AbortSignal): Promise<ExitStatus>;
}
