export type { BuiltImage, BuiltStep, BuiltUser } from "./built-image.ts";
export { type CheckResult, check } from "./check.ts";
export { type CheckOptions, parseCheckOptions } from "./check-options.ts";
export type { FixResult, LintOptions } from "./lint.ts";
export { Linter, type LinterOptions } from "./linter.ts";
export type { ContextEntry, ContextView, Edit, Rule, Severity, Warning } from "./rule.ts";
export { BUILD_RULES, RULES } from "./rules.ts";
export type { HiddenFiles, RunAdvice, RunFacts } from "./run-rule.ts";
export { adviseRun } from "./run-rules.ts";
export type { LintSettings, Threshold } from "./settings.ts";

/** All that `slipway lint` needs. Loaded when it is first asked for: a build has no use for so many rules. */
export function loadLint(): Promise<typeof import("./lint.ts")> {
  return import("./lint.ts");
}
