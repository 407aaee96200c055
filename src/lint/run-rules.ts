/** The rules of `slipway run`. */
import { bindHidesImageFiles } from "./rules/slipway/bind-hides-image-files.ts";
import { exposeDoesNotPublish } from "./rules/slipway/expose-does-not-publish.ts";
import type { RunAdvice, RunFacts, RunRule } from "./run-rule.ts";

export const RUN_RULES: readonly RunRule[] = [bindHidesImageFiles, exposeDoesNotPublish];

/** All that there is to say. */
export function adviseRun(facts: RunFacts): RunAdvice[] {
  return RUN_RULES.flatMap(({ name, severity, run }) => run(facts).map((message) => ({ rule: name, severity, message })));
}
