/** What is done to files. All of a step is in its cache key; what must not be stands in the origin. */

/** `user[:group]`, each a name to look up in the result so far or a number, as `--chown` was given. */
export type Owner = string;

/** A mount of a RUN. */
export type RunMount =
  | {
      readonly type: "bind";
      readonly target: string;
      /** Index into the inputs of the vertex; none is an empty folder. */
      readonly input?: number;
      /** Path inside the input. */
      readonly source: string;
      /** Writes are possible, and forgotten when the step ends. */
      readonly writable: boolean;
    }
  | {
      readonly type: "cache";
      readonly target: string;
      readonly id: string;
      readonly sharing: "shared" | "private" | "locked";
      /** Index into the inputs: what a new cache starts with. */
      readonly input?: number;
      readonly source: string;
      readonly readonly: boolean;
      readonly uid: number;
      readonly gid: number;
      /** Permission bits of a new cache's folder. */
      readonly mode: number;
    }
  | { readonly type: "tmpfs"; readonly target: string; readonly sizeBytes?: number }
  | {
      readonly type: "secret";
      readonly id: string;
      /** Where the file is; none if only `env` is wanted. */
      readonly target?: string;
      /** The variable that gets the value. */
      readonly env?: string;
      readonly required: boolean;
      readonly uid: number;
      readonly gid: number;
      readonly mode: number;
    }
  | {
      readonly type: "ssh";
      readonly id: string;
      readonly target: string;
      readonly required: boolean;
      readonly uid: number;
      readonly gid: number;
      readonly mode: number;
    };

export interface RunStep {
  readonly kind: "run";
  readonly argv: readonly string[];
  /** `NAME=value`, in order. */
  readonly env: readonly string[];
  /** Proxies that were given and not declared: seen by the process, in no key. */
  readonly proxyEnv?: readonly string[];
  readonly cwd: string;
  /** As USER says it; empty is root. */
  readonly user: string;
  readonly network: "default" | "none" | "host";
  readonly security: "sandbox" | "insecure";
  readonly mounts: readonly RunMount[];
  readonly devices?: readonly { readonly name: string; readonly required: boolean }[];
  /** Files under /dev/pipes, for heredocs that become scripts. */
  readonly pipes?: readonly { readonly name: string; readonly content: string }[];
  /** `os/arch[/variant]`. */
  readonly platform: string;
  readonly addHosts?: readonly string[];
  readonly shmSizeBytes?: number;
  readonly ulimits?: readonly string[];
  readonly hostname?: string;
}

/**
 * Lays files of its inputs over its base, one action after the other (COPY, ADD).
 * Input `i` of the vertex belongs to action `i`.
 */
export interface CopyStep {
  readonly kind: "copy";
  readonly actions: readonly CopyAction[];
  /** Absolute; a slash at the end says that it is a folder. */
  readonly dest: string;
  readonly owner?: Owner;
  /** Octal or symbolic, as `--chmod` was given. */
  readonly mode?: string;
}
export interface CopyAction {
  /** Absolute inside the input; may be a pattern. The selector of the input says which files count. */
  readonly source: string;
  /** `*`, `?`, `[` in `source` mean something; a pattern that matches nothing is no error. */
  readonly wildcard: boolean;
  /** A symbolic link as the source is followed. */
  readonly followLinks: boolean;
  /** Of a folder its content is copied, not the folder itself. */
  readonly contentsOnly: boolean;
  /** An archive is unpacked: never, where it is one, or it must be one. */
  readonly unpack: "never" | "auto" | "always";
  /** `--parents`: the path from here on is made below `dest`. */
  readonly parents: boolean;
  /** Patterns of `--exclude`, relative to the source. */
  readonly exclude: readonly string[];
  readonly ignoreMissing: boolean;
  /** Permission bits where the step has no `mode` and the source brings none: files from http (0600), inline files (0644). */
  readonly defaultMode?: number;
}

/** Makes a directory and the ones above it where they are missing (WORKDIR). */
export interface MkdirStep {
  readonly kind: "mkdir";
  readonly path: string;
  /** The USER at this line; new directories belong to it. */
  readonly owner?: Owner;
}

/** Stacks the layers of its inputs on its base, which it does not look into (COPY --link). */
export interface MergeStep {
  readonly kind: "merge";
}

export type Step = RunStep | CopyStep | MkdirStep | MergeStep;
