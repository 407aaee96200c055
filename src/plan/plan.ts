/** A Dockerfile and what it is built for, to a graph and an image config. Only the stages that are needed are planned. */
import { bug } from "../core/index.ts";
import type { Dockerfile } from "../dockerfile/index.ts";
import type { Vertex } from "../graph/index.ts";
import type { ContainerConfig, ImageConfig, Platform } from "../oci/index.ts";
import type { BaseImage, BaseImages, PlanOptions } from "./options.ts";
import type { PlannedLine } from "./stage.ts";
import { Stages } from "./stages.ts";

/** What one target of one platform comes to. */
export interface Plan {
  readonly platform: Platform;
  /** Undefined: nothing at all, FROM scratch with no files. */
  readonly result: Vertex | undefined;
  /** The image's config but for what its layers tell. */
  readonly config: Omit<ImageConfig, "rootfs" | "history" | "created">;
  readonly history: readonly PlannedLine[];
  /** The image whose layers lie below; undefined for scratch. */
  readonly base: BaseImage | undefined;
  /** All stages of the file as origins call them, needed or not. */
  readonly stages: readonly string[];
}

/** Throws DOCKERFILE_*, PLAN_*, REFERENCE_*, PLATFORM_* and what `images` rejects with. */
export async function makePlan(dockerfile: Dockerfile, options: PlanOptions, images: BaseImages): Promise<Plan> {
  const stages = new Stages(dockerfile, options, images);
  const [stage] = await stages.plan([stages.target()]);
  if (!stage) throw bug("a target is planned");
  const { variant, os, architecture } = stage.platform;
  return {
    platform: stage.platform,
    result: stage.vertex,
    config: {
      architecture,
      os,
      ...(variant ? { variant } : {}),
      ...(stage.author ? { author: stage.author } : {}),
      config: tidy(stage.config, stage.scope.env, options.labels),
    },
    history: stage.history,
    base: stage.base,
    stages: dockerfile.stages.map(({ name }, index) => name || String(index)),
  };
}

/** Plans every stage, for those who watch; with a target that one and what it needs. Throws what makePlan throws. */
export async function planStages(dockerfile: Dockerfile, options: PlanOptions, images: BaseImages): Promise<void> {
  const stages = new Stages(dockerfile, options, images);
  await stages.plan(options.target === undefined ? [...dockerfile.stages.keys()] : [stages.target()]);
}

/** What says nothing is left out, as Docker does. */
function tidy(container: ContainerConfig, env: readonly string[], labels: ReadonlyMap<string, string>): ContainerConfig {
  const all = { ...container, Env: env, Labels: { ...container.Labels, ...Object.fromEntries(labels) } };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "" || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
