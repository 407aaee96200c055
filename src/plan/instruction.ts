/** Each instruction to the one who plans it. */
import type { Instruction } from "../dockerfile/index.ts";
import * as config from "./instructions/config.ts";
import { planCopy } from "./instructions/copy.ts";
import { planRun } from "./instructions/run.ts";
import { planWorkdir } from "./instructions/workdir.ts";
import type { PlannedStage } from "./stage.ts";
import type { Stages } from "./stages.ts";

/** Takes one line of a stage in. `globals`: what FROM lines see. Throws DOCKERFILE_*, PLAN_*. */
export async function planInstruction(
  instruction: Instruction,
  stage: PlannedStage,
  stages: Stages,
  globals: ReadonlyMap<string, string>,
): Promise<void> {
  switch (instruction.kind) {
    case "RUN":
      return planRun(instruction, stage, stages);
    case "COPY":
    case "ADD":
      return planCopy(instruction, stage, stages, globals);
    case "WORKDIR":
      return planWorkdir(instruction, stage);
    case "ENV":
      return config.planEnv(instruction, stage);
    case "LABEL":
      return config.planLabel(instruction, stage);
    case "ARG":
      return config.planArg(instruction, stage, globals);
    case "USER":
      return config.planUser(instruction, stage);
    case "CMD":
      return config.planCmd(instruction, stage);
    case "ENTRYPOINT":
      return config.planEntrypoint(instruction, stage);
    case "EXPOSE":
      return config.planExpose(instruction, stage);
    case "VOLUME":
      return config.planVolume(instruction, stage);
    case "STOPSIGNAL":
      return config.planStopSignal(instruction, stage);
    case "HEALTHCHECK":
      return config.planHealthcheck(instruction, stage);
    case "SHELL":
      stage.config.Shell = instruction.shell;
      stage.record(`SHELL [${instruction.shell.join(" ")}]`);
      return;
    case "ONBUILD":
      stage.addTrigger(instruction.expression);
      return;
    case "MAINTAINER":
      stage.author = instruction.maintainer;
      stage.record(`MAINTAINER ${instruction.maintainer}`);
      return;
  }
}
