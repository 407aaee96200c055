export { type GitReference, parseGitReference } from "./git-reference.ts";
export { type MountOptions, parseMount } from "./instructions/mounts.ts";
export type { BaseImage, BaseImages, NamedContext, PlanOptions } from "./options.ts";
export { makePlan, type Plan } from "./plan.ts";
export { planConfig } from "./plan-config.ts";
export { parsePorts } from "./ports.ts";
export { isSignal, signalNumber } from "./signals.ts";
export type { PlannedLine } from "./stage.ts";
