/** Config instructions alone, on a config that is there: `import --change`, `commit --change`. */
import type { Dockerfile, Instruction } from "../dockerfile/index.ts";
import type { ContainerConfig } from "../oci/index.ts";
import { badUse } from "./errors.ts";
import * as plan from "./instructions/config.ts";
import { StageScope } from "./scope.ts";
import { PlannedStage } from "./stage.ts";

/** Applies the instructions of the only stage. Throws DOCKERFILE_*, PLAN_INVALID for those that change files. */
export function planConfig(dockerfile: Dockerfile, config: ContainerConfig): ContainerConfig {
  const [written] = dockerfile.stages;
  if (!written) return config;
  const platform = { os: "linux", architecture: "amd64" };
  const stage = new PlannedStage({
    stage: written,
    index: 0,
    platform,
    scope: new StageScope(config.Env ?? []),
    config,
    history: [],
    base: undefined,
    author: undefined,
    vertex: undefined,
    source: dockerfile.source,
    options: { buildArgs: new Map(), labels: new Map(), platform, buildPlatform: platform, noCache: false, contexts: new Map() },
    escape: dockerfile.escape,
    label: "",
    total: 0,
  });
  for (const instruction of written.body) apply(instruction, stage);
  const { Env: _, ...rest } = stage.config;
  return stage.scope.env.length > 0 ? { ...rest, Env: stage.scope.env } : rest;
}

function apply(instruction: Instruction, stage: PlannedStage): void {
  switch (instruction.kind) {
    case "ENV":
      return plan.planEnv(instruction, stage);
    case "LABEL":
      return plan.planLabel(instruction, stage);
    case "USER":
      return plan.planUser(instruction, stage);
    case "CMD":
      return plan.planCmd(instruction, stage);
    case "ENTRYPOINT":
      return plan.planEntrypoint(instruction, stage);
    case "EXPOSE":
      return plan.planExpose(instruction, stage);
    case "VOLUME":
      return plan.planVolume(instruction, stage);
    case "STOPSIGNAL":
      return plan.planStopSignal(instruction, stage);
    case "HEALTHCHECK":
      return plan.planHealthcheck(instruction, stage);
    case "WORKDIR":
      stage.config.WorkingDir = stage.expand(instruction.path);
      return;
    case "ONBUILD":
      stage.addTrigger(instruction.expression);
      return;
    default:
      throw badUse({ source: stage.source, range: instruction.range }, `${instruction.kind} is not a valid change command`);
  }
}
