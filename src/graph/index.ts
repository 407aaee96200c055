export type { InlineFile, Source } from "./source.ts";
export type { CopyAction, CopyStep, MergeStep, MkdirStep, Owner, RunMount, RunStep, Step } from "./step.ts";
export type { ContentInput, Input, Origin, Selector, SourceVertex, StepVertex, Vertex, WrittenSource } from "./vertex.ts";
