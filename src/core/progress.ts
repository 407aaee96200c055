/** What a build tells while it works. Progress flows one way: nothing decides by it. */
import type { Change } from "./change.ts";
import type { Digest } from "./digest.ts";
import type { Range } from "./source.ts";

/** How far a vertex is. */
export type VertexState = "running" | "cached" | "done" | "failed";

export type ProgressEvent =
  /** The build is remembered under this number. */
  | { readonly type: "build"; readonly number: number }
  /** A vertex began, ended, or was found in the cache. `id` is the same for all events of one vertex. */
  | {
      readonly type: "vertex";
      readonly id: string;
      /** As BuildKit writes it: `[build 2/3] RUN make`, `[internal] load .dockerignore`. */
      readonly name: string;
      readonly state: VertexState;
      readonly error?: string;
      /** Why the step was not taken from the cache, where an earlier build had it. */
      readonly why?: readonly Change[];
      /** Names the result in the cache, once it is there. */
      readonly key?: Digest;
      /** Milliseconds since the epoch. */
      readonly time: number;
    }
  /** A process of a vertex wrote something. */
  | {
      readonly type: "output";
      readonly id: string;
      readonly stream: "stdout" | "stderr";
      readonly data: Uint8Array;
      readonly time: number;
    }
  /** A part of a vertex, such as a layer being pulled or an image being named. `done` once it has ended. */
  | {
      readonly type: "status";
      readonly id: string;
      readonly what: string;
      readonly current?: number;
      readonly total?: number;
      readonly done: boolean;
      readonly time: number;
    }
  | { readonly type: "warning"; readonly rule: string; readonly message: string; readonly range: Range; readonly url?: string }
  /** The build has its result. */
  | { readonly type: "result"; readonly image: Digest };

/** Takes progress events. Must not throw. */
export type OnProgress = (event: ProgressEvent) => void;
