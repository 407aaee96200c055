export { type CheckResult, check } from "./check.ts";
export { type CheckOptions, parseCheckOptions } from "./check-options.ts";
export { Linter, type LinterOptions } from "./linter.ts";
export type { Rule, Warning } from "./rule.ts";
export { RULES } from "./rules.ts";
