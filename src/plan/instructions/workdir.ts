/** WORKDIR: the folder of what follows, made where it is missing. */
import { posix } from "node:path";
import type { Workdir } from "../../dockerfile/index.ts";
import type { MkdirStep } from "../../graph/index.ts";
import type { PlannedStage } from "../stage.ts";

export function planWorkdir(workdir: Workdir, stage: PlannedStage): void {
  const path = posix.resolve("/", stage.config.WorkingDir || "/", stage.expand(workdir.path));
  stage.config.WorkingDir = path;
  if (path === "/") {
    stage.record("WORKDIR /");
    return;
  }
  const { User: owner } = stage.config;
  const step: MkdirStep = { kind: "mkdir", path, ...(owner ? { owner } : {}) };
  stage.add(step, [], stage.shown(workdir.text), workdir.range);
  stage.record(`WORKDIR ${path}`, true);
}
