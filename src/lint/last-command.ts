/** What a container of a stage starts. */
import type { Cmd, Entrypoint, Stage } from "../dockerfile/index.ts";

/** The last ENTRYPOINT and the last CMD, those that there are. */
export function startLines({ body }: Stage): readonly (Cmd | Entrypoint)[] {
  const entrypoint = body.findLast((line) => line.kind === "ENTRYPOINT");
  const cmd = body.findLast((line) => line.kind === "CMD");
  return [entrypoint, cmd].flatMap((line) => line ?? []) as (Cmd | Entrypoint)[];
}

/** The program that is started; undefined where there is none, or where a variable names it. */
export function startedProgram(line: Cmd | Entrypoint): string | undefined {
  const { command } = line;
  const first = command.form === "exec" ? command.argv[0] : command.line.trim().split(/\s+/)[0];
  return first && !first.includes("$") ? first : undefined;
}
