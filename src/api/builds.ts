/** Builds that were: what their records tell. */
import type { Build, BuildStep } from "../store/index.ts";
import { stepNotFound } from "./errors.ts";
import type { Workbench } from "./workbench.ts";

/** The builds that are remembered, newest first. */
export function listBuilds(bench: Workbench): Build[] {
  return bench.store.builds.list();
}

/** A build by its number; the latest without one. Throws BUILD_NOT_FOUND. */
export function findBuild(bench: Workbench, number?: number): Build {
  const { builds } = bench.store;
  return builds.get(number ?? builds.numbers()[0] ?? 0);
}

/** Forgets a build. Throws BUILD_NOT_FOUND. */
export function removeBuild(bench: Workbench, number: number): void {
  bench.store.builds.get(number);
  bench.store.builds.remove(number);
}

/** The steps of a build that a number or a part of their text names; all without one. Throws STEP_NOT_FOUND. */
export function findSteps(build: Build, step?: string): readonly BuildStep[] {
  if (step === undefined) return build.steps;
  const found = /^#?\d+$/.test(step)
    ? build.steps.filter(({ number }) => number === Number(step.replace("#", "")))
    : build.steps.filter(({ name }) => name.toLowerCase().includes(step.toLowerCase()));
  if (found.length === 0) throw stepNotFound(build.number, step);
  return found;
}

/** All that the processes of a step wrote, as they wrote it. */
export function stepLog(bench: Workbench, build: Build, step: BuildStep): Buffer {
  return bench.store.builds.log(build.number, step.number);
}
