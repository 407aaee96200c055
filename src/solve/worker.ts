/**
 * Who does the work of a vertex: the only door from the solver to disks, networks and processes.
 */
import type { Digest, OnProgress } from "../core/index.ts";
import type { ContentInput, Source, Step, StepVertex, Vertex } from "../graph/index.ts";
import type { LayerId } from "../store/index.ts";
import type { Key, Snapshot } from "./cache.ts";

/** A layer of the store, or a folder of the host that is read where it lies: `context:NAME`. */
export type TreeId = LayerId | `context:${string}`;

/** What a worker is told about the piece of work at hand. */
export interface Job {
  /** Of the vertex, in progress events. */
  readonly id: string;
  readonly vertex: Vertex;
  /** To be called when work that a person should see begins. */
  readonly start: () => void;
  readonly progress: OnProgress;
  readonly signal: AbortSignal;
}

/** A step to be done. */
export interface StepJob extends Job {
  /** The result, if another process has made it since the solver looked. */
  readonly found: () => Snapshot | undefined;
  /** Records the result; to be called before anybody else may ask for it. */
  readonly keep: (snapshot: Snapshot) => void;
}

export interface Worker {
  /** The key of a source: digest of an image's layers, commit, checksum; for a context, a key of this build alone. */
  pin(source: Source, job: Job): Promise<Key>;
  /** The files of a source. Lazy where it can be: an image's layers are pulled when they are needed. */
  fetch(source: Source, key: Key, job: Job): Promise<readonly TreeId[]>;
  /** The layers of a source by name, where they are known without their files. */
  name?(source: Source): readonly TreeId[] | undefined;
  /** Does a step and returns its snapshot: that of the base with one layer more. */
  perform(vertex: StepVertex, key: Key, base: Snapshot, inputs: readonly (readonly TreeId[])[], job: StepJob): Promise<Snapshot>;
  /** The digest of all that a step can see of the files that an input picks from `tree`. */
  digest(tree: readonly TreeId[], input: ContentInput, job: Job): Promise<Digest>;
  /** The part of a step that is in its key; the step itself if left out. */
  keyed?(step: Step): Step;
}
