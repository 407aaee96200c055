/** RUN instructions with the commands in them. */
import { csvFields, type Dockerfile, type Run, type Stage } from "../../dockerfile/index.ts";
import { commandsOf, type ShellCommand, type ShellWord } from "./command.ts";
import { type PackageCall, packageCall } from "./package-call.ts";
import { scriptOf } from "./script.ts";

export interface ScriptedRun {
  readonly run: Run;
  readonly stage: Stage;
  /** Of the exec form the one command that there is, without places. */
  readonly commands: readonly ShellCommand[];
  readonly calls: readonly PackageCall[];
}

const known = new WeakMap<Dockerfile, readonly ScriptedRun[]>();

/** All RUNs of a file, in order. Read once, since many rules ask. */
export function runsOf(file: Dockerfile): readonly ScriptedRun[] {
  const before = known.get(file);
  if (before) return before;
  const runs = file.stages.flatMap((stage) =>
    stage.body.flatMap((run) => {
      if (run.kind !== "RUN") return [];
      const commands = commandsIn(run, file);
      return [{ run, stage, commands, calls: commands.flatMap((command) => packageCall(command) ?? []) }];
    }),
  );
  known.set(file, runs);
  return runs;
}

/** The RUNs of each stage that has any. */
export function runsByStage(file: Dockerfile): ReadonlyMap<Stage, readonly ScriptedRun[]> {
  const found = new Map<Stage, ScriptedRun[]>();
  for (const one of runsOf(file)) {
    const before = found.get(one.stage);
    if (before) before.push(one);
    else found.set(one.stage, [one]);
  }
  return found;
}

/** Whether a `--mount` of the RUN covers the path: a cache, a bind, a tmpfs. */
export function mountCovers(run: Run, path: string): boolean {
  return run.mounts.some(({ raw }) =>
    (csvFields(raw) ?? []).some((field) => {
      const [key = "", value = ""] = field.split("=");
      const target = value.replace(/\/$/, "");
      return ["target", "dst", "destination"].includes(key) && (path === target || path.startsWith(`${target}/`));
    }),
  );
}

function commandsIn(run: Run, file: Dockerfile): readonly ShellCommand[] {
  const { command } = run;
  if (command.form === "exec") return [argvCommand(command.argv)];
  const script = scriptOf(run, file);
  return script ? commandsOf(script) : [];
}

function argvCommand(argv: readonly string[]): ShellCommand {
  const words = argv.map((text): ShellWord => ({ text, raw: text, start: -1, end: -1 }));
  const name = argv[0]?.replace(/^.*\//, "") ?? "";
  return { name, words, assignments: [], before: "", after: "", start: -1, end: -1 };
}
