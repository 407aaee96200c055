/** Why a variable has no value, in a clause for a hint: where it is declared in vain, or what it may be a slip of the pen for. */
import { suggest } from "../core/index.ts";
import type { Dockerfile, Instruction } from "../dockerfile/index.ts";
import type { PlannedStage } from "./stage.ts";

/** For a variable of a FROM line, which sees only what stands before the first FROM. */
export function whyUnsetInFrom(name: string, { globals, stages }: Dockerfile, known: readonly string[]): string {
  const empty = globals.find((arg) => declares(arg, name));
  if (empty) return `ARG ${name} has no value: give it one with --build-arg ${name}=...`;
  const inside = stages.flatMap((stage) => stage.body).find((line) => line.kind === "ARG" && declares(line, name));
  if (inside)
    return `ARG ${name} of line ${inside.range.start.line} stands in a stage; FROM sees only those before the first FROM`;
  const near = suggest(name, known);
  return near ? `${name} is not set; did you mean ${near}?` : `${name} is not set: write ARG ${name}=... before the first FROM`;
}

/** For a variable that a line of a stage uses; `globals` are the names that stand before the first FROM, and the predefined ones. */
export function whyUnset(name: string, line: number, stage: PlannedStage, globals: ReadonlyMap<string, string>): string {
  const below = stage.stage.body.find((one) => one.range.start.line > line && declares(one, name));
  if (below) return `${name} is not set yet: ${below.kind} ${name} stands below, in line ${below.range.start.line}`;
  if (stage.scope.argNames().has(name)) return `ARG ${name} has no value: give it one with --build-arg ${name}=...`;
  if (globals.has(name)) return `${name} is set outside of the stage: write ARG ${name} in it, above this line`;
  const near = suggest(name, [...stage.scope.names(), ...stage.scope.argNames()]);
  return near ? `${name} is not set; did you mean ${near}?` : `${name} is not set: no ARG or ENV above gives it a value`;
}

function declares(line: Instruction, name: string): boolean {
  if (line.kind === "ARG") return line.args.some((arg) => arg.key === name);
  return line.kind === "ENV" && line.pairs.some((pair) => pair.key.raw === name);
}
