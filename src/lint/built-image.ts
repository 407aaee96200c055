/** What a build has made, for rules that ask more than a file can tell. */
import type { Stage } from "../dockerfile/index.ts";

export interface BuiltImage {
  /** Who its process is; undefined for root, and where that cannot be told. */
  readonly user: BuiltUser | undefined;
  /** The steps that its own layers come from, first to last. */
  readonly steps: readonly BuiltStep[];
  /** How many other images of the store have all of these lines in their history, but for those that stand on this one. */
  readonly sharedBy: (history: readonly string[]) => number;
}

export interface BuiltUser {
  /** As USER says it. */
  readonly name: string;
  readonly uid: number;
  /** Its home by ENV or by /etc/passwd; undefined: neither says one, and it is `/`. */
  readonly home: string | undefined;
  /** Absolute paths of VOLUME. */
  readonly volumes: readonly string[];
  /** Whether it can make files in a folder; one that is missing is root's once it is made. Undefined where that cannot be told. */
  readonly canWrite: (folder: string) => boolean | undefined;
}

export interface BuiltStep {
  /** First line of the instruction. */
  readonly line: number;
  /** What the step took in this build; undefined if it was not done in it. */
  readonly seconds: number | undefined;
  /** Its line in the history of the image. */
  readonly history: string;
  /** Whether it brings files: COPY, ADD. */
  readonly copies: boolean;
}

/** The same, with the stage that it is made from. */
export interface BuiltStage extends BuiltImage {
  readonly stage: Stage;
}
