export { type Detached, enterUserNamespace, type ResourceLimits, type SendSignal, startDetached } from "../executor/index.ts";
export type { Annotation } from "../image/index.ts";
export type { LintSettings, RunAdvice, Severity, Threshold, Warning } from "../lint/index.ts";
export type { Outline, OutlinedArgument, OutlinedLoan, Target } from "../plan/index.ts";
export type { FailedRun } from "../solve/index.ts";
export { replaceProcess } from "../tree/index.ts";
export { build } from "./build.ts";
export type { BuildOptions, BuildResult, UsedImage } from "./build-options.ts";
export { findBuild, findSteps, listBuilds, removeBuild, stepLog } from "./builds.ts";
export type { CacheOptions, CachePlace, CacheTarget } from "./cache-transfer.ts";
export { type CacheEntry, cacheEntries } from "./cache-usage.ts";
export { type CheckedFile, checkFile } from "./check.ts";
export { type CommitOptions, commitContainer } from "./commit.ts";
export { type CopyFromOptions, containerChanges, copyFromContainer, exportContainer } from "./container-files.ts";
export { type LogLine, type LogOptions, readContainerLog } from "./container-log.ts";
export { containerUsage, pruneContainers, pruneVolumes, type Usage, volumeUsage } from "./container-usage.ts";
export {
  type ContainerDetails,
  type ContainerSummary,
  findContainer,
  inspectContainer,
  killContainer,
  listContainers,
  PASSED_ON,
  type RemoveContainerOptions,
  removeContainer,
  type StopOptions,
  signalNamed,
  stopContainer,
  waitForContainer,
} from "./containers.ts";
export type { ContextInput } from "./contexts.ts";
export { type DryRun, type DryStep, dryRun } from "./dry-run.ts";
export type { Entitlement } from "./entitlements.ts";
export { type HistoryRow, imageHistory } from "./history.ts";
export { type ImageSummary, listImages, shortId } from "./images.ts";
export { type ImportOptions, importImage } from "./import.ts";
export { type ImageDetails, inspectImage } from "./inspect.ts";
export {
  type FixedFile,
  type FurtherSettings,
  fixFile,
  isFailure,
  type LintedFile,
  type LintFileOptions,
  lintFile,
  readLintSettings,
} from "./lint.ts";
export { type LoginOptions, login, logout, shownRegistry } from "./login.ts";
export { listTargets, outlineFile } from "./outline.ts";
export type { ImageOutput, Output } from "./outputs.ts";
export { type CachePrune, type Pruned, type PruneOptions, prune } from "./prune.ts";
export { type PullOptions, type PullResult, pullImage } from "./pull.ts";
export { type PushOptions, type PushResult, pushImage } from "./push.ts";
export { type Removal, removeImage } from "./remove.ts";
export type { PullPolicy } from "./resolve-image.ts";
export { type CreateOptions, createContainer, type RunOptions, runContainer, type StartedContainer } from "./run.ts";
export { loadImages, saveImages } from "./save.ts";
export { tagImage } from "./tag.ts";
export { type ImageDifference, type Verification, type VerifyOptions, verifyImage } from "./verify.ts";
export { slipwayVersion } from "./version.ts";
export { listVolumes, removeVolume } from "./volumes.ts";
export { hostPlatform, openWorkbench, type RegistrySettings, type Workbench, type WorkbenchOptions } from "./workbench.ts";
