/** RUN: to a process on the stage. */
import type { Heredoc, Run } from "../../dockerfile/index.ts";
import type { Input, RunStep } from "../../graph/index.ts";
import { placed } from "../globals.ts";
import { isProxyArg } from "../scope.ts";
import type { PlannedStage } from "../stage.ts";
import type { Stages } from "../stages.ts";
import { planMounts } from "./mounts.ts";

const DEFAULT_SHELL = ["/bin/sh", "-c"];

export async function planRun(run: Run, stage: PlannedStage, stages: Stages): Promise<void> {
  const { argv, pipes } = commandOf(run, stage);
  const args = stage.scope.argsForHistory();
  const told = args.length > 0 ? `|${args.length} ${args.join(" ")} ` : "";
  placed(() => stage.grow(told.length), stage.source, { raw: run.text, range: run.range });
  const inputs: Input[] = [];
  const { mounts, sources } = await planMounts(run, stage, stages, inputs);
  const { options } = stage;
  const network = run.network?.raw ?? options.network ?? "default";
  const step: RunStep = {
    kind: "run",
    argv,
    env: placed(() => stage.environment(), stage.source, { raw: run.text, range: run.range }),
    ...(proxies(stage).length > 0 ? { proxyEnv: proxies(stage) } : {}),
    cwd: stage.config.WorkingDir || "/",
    user: stage.config.User ?? "",
    network: network as RunStep["network"],
    security: run.security?.raw === "insecure" ? "insecure" : "sandbox",
    mounts,
    platform: stage.platformName,
    ...(pipes ? { pipes } : {}),
    ...(options.addHosts?.length ? { addHosts: options.addHosts } : {}),
    ...(options.ulimits?.length ? { ulimits: options.ulimits } : {}),
    ...(options.shmSizeBytes ? { shmSizeBytes: options.shmSizeBytes } : {}),
  };
  stage.add(step, inputs, stage.shown(run.text + summaryOf(run), true), run.range, sources);
  stage.record(`RUN ${told}${argv.join(" ")} # buildkit`, true);
}

/** Heredocs: one alone is the script; with a command they go to the shell as they were written. */
function commandOf(run: Run, stage: PlannedStage): { argv: string[]; pipes?: RunStep["pipes"] } {
  const { command } = run;
  if (command.form === "exec") return { argv: [...command.argv] };
  const shell = stage.config.Shell ?? DEFAULT_SHELL;
  const alone = scriptOf(run);
  if (alone) {
    const script = alone.chomp ? alone.content.replace(/^\t+/gm, "") : alone.content;
    if (!script.startsWith("#!")) return { argv: [...shell, script] };
    return { argv: [...shell, `/dev/pipes/${alone.name}`], pipes: [{ name: alone.name, content: script }] };
  }
  const documents = command.heredocs.map((heredoc) => `${heredoc.content}${heredoc.name}`);
  return { argv: [...shell, [command.line, ...documents].join("\n")] };
}

/** The heredoc that is the script, if there is nothing beside it. */
function scriptOf({ command }: Run): Heredoc | undefined {
  const isAlone = command.form === "shell" && command.heredocs.length === 1 && /^\d*<<-?\s*\S+$/.test(command.line.trim());
  return isAlone ? command.heredocs[0] : undefined;
}

/** How progress tells a script: by its first line. */
function summaryOf(run: Run): string {
  const script = scriptOf(run);
  if (!script) return "";
  const [first = "", ...more] = script.content.trim().split(/\r?\n/);
  return ` (${first}${more.length > 0 ? "..." : ""})`;
}

/** Proxies that were given, each in both spellings, since some programs read the one and some the other. */
function proxies(stage: PlannedStage): string[] {
  const given = [...stage.options.buildArgs].filter(([name, value]) => isProxyArg(name) && value !== "");
  const values = new Map(given.map(([name, value]) => [name.toUpperCase(), value]));
  return [...values].flatMap(([name, value]) => [`${name}=${value}`, `${name.toLowerCase()}=${value}`]);
}
