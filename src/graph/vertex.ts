/**
 * The build graph: the waist between the language and the machine.
 *
 * A vertex is plain data that refers to the vertices it needs, so a vertex is a graph.
 */
import type { Range } from "../core/index.ts";
import type { Source } from "./source.ts";
import type { Step } from "./step.ts";

/** A source of a COPY, of an ADD or of a mount as it was written. */
export interface WrittenSource {
  /** Where the step looks for it: the path of its input's selector. */
  readonly path: string;
  readonly text: string;
  readonly range: Range;
  /** What is odd about it and may be why it is not found, such as a variable that is not set. */
  readonly note?: string | undefined;
}

/** For people: what the Dockerfile said, and where. Never part of a key. */
export interface Origin {
  /** Name of the stage, or its number. */
  readonly stage: string;
  /** The line of the progress display, as BuildKit writes it: `[build 2/3] RUN make`. */
  readonly name: string;
  readonly ranges: readonly Range[];
  readonly sources?: readonly WrittenSource[];
}

/** What selects files of an input: all that the step can see of it. */
export interface Selector {
  /** Absolute inside the input. */
  readonly path: string;
  readonly wildcard: boolean;
  readonly followLinks: boolean;
  readonly exclude: readonly string[];
  /** What is not there is nothing, and no error (`--ignore-missing`). */
  readonly optional?: boolean;
}

/** An input enters the key of its step as the key that made it, or as the content of the files selected from it. */
export type Input = { readonly by: "definition"; readonly vertex: Vertex } | ContentInput;

/** An input of which only the selected files count. */
export interface ContentInput {
  readonly by: "content";
  readonly vertex: Vertex;
  readonly select: Selector;
}

export interface SourceVertex {
  readonly source: Source;
  readonly origin: Origin;
}

export interface StepVertex {
  readonly step: Step;
  /** What the result is stacked on. None is scratch. */
  readonly base?: Vertex;
  readonly inputs: readonly Input[];
  readonly origin: Origin;
  /** Do not look the result up in the cache (`--no-cache`, `--no-cache-filter`). */
  readonly ignoreCache?: boolean;
}

export type Vertex = SourceVertex | StepVertex;
