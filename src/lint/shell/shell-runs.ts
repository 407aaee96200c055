/** RUNs that a shell reads, with what the Dockerfile sets for them. */
import type { Dockerfile, Stage } from "../../dockerfile/index.ts";
import type { Surroundings } from "../rule.ts";
import { lineageOf } from "../stage-image.ts";
import { runsOf, type ScriptedRun } from "./runs.ts";

/** Values that ENV and ARG lines write, by name; undefined where an ARG has none. */
export type Written = ReadonlyMap<string, string | undefined>;

/** All RUNs in shell form, in order. */
export function shellRunsOf(file: Dockerfile): readonly ScriptedRun[] {
  return runsOf(file).filter(({ run }) => run.command.form === "shell");
}

const known = new WeakMap<Stage, Written>();

/** What the lines of the stage of a RUN and of those below it write, wherever they stand. */
export function writtenFor({ stage }: ScriptedRun, file: Dockerfile, around: Surroundings): Written {
  const before = known.get(stage);
  if (before) return before;
  const written = new Map<string, string | undefined>();
  for (const line of lineageOf(stage, file, around).flatMap(({ body }) => body)) {
    if (line.kind === "ENV") for (const { key, value } of line.pairs) written.set(key.raw, value.raw);
    if (line.kind === "ARG") for (const { key, value } of line.args) written.set(key, written.get(key) ?? value?.raw);
  }
  known.set(stage, written);
  return written;
}
