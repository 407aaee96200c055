/** What a Dockerfile comes to on each platform, with the advice about it. */
import type { OnProgress } from "../core/index.ts";
import { parseDockerfile } from "../dockerfile/index.ts";
import { BUILD_RULES, Linter, type Warning } from "../lint/index.ts";
import type { Platform } from "../oci/index.ts";
import { makePlan, type Plan } from "../plan/index.ts";
import type { BuildOptions } from "./build-options.ts";
import type { BuildContexts } from "./contexts.ts";
import { checkEntitlements } from "./entitlements.ts";
import { baseImages, linterOptionsOf, planOptionsOf } from "./planning.ts";
import type { FoundImage } from "./resolve-image.ts";
import { withoutSettings } from "./unset.ts";
import type { Workbench } from "./workbench.ts";

/** A plan for each platform, and who advises about it. Advice that holds for several is given once. */
export async function planAll(
  options: BuildOptions,
  bench: Workbench,
  contexts: BuildContexts,
  found: FoundImage[],
  progress: OnProgress,
): Promise<{ readonly plans: readonly Plan[]; readonly linters: readonly Linter[]; readonly warnings: readonly Warning[] }> {
  const platforms = options.platforms?.length ? options.platforms : [bench.platform];
  const plans: Plan[] = [];
  const linters: Linter[] = [];
  const warnings = new Map<string, Warning>();
  for (const platform of platforms) {
    const { plan, linter } = await planFor(options, bench, contexts, found, progress, platform, warnings);
    plans.push(withoutSettings(plan, options.unset ?? []));
    linters.push(linter);
  }
  checkEntitlements(plans, options, contexts.source);
  return { plans, linters, warnings: [...warnings.values()] };
}

/** The plan, and what there is to say about the file, which is also told when the plan fails. */
async function planFor(
  options: BuildOptions,
  bench: Workbench,
  contexts: BuildContexts,
  found: FoundImage[],
  progress: OnProgress,
  platform: Platform,
  warnings: Map<string, Warning>,
): Promise<{ readonly plan: Plan; readonly linter: Linter }> {
  const dockerfile = parseDockerfile(contexts.source);
  const planOptions = planOptionsOf(options, bench, contexts, platform);
  const linter = new Linter(dockerfile, { ...linterOptionsOf(planOptions, contexts), rules: BUILD_RULES });
  try {
    const plan = await makePlan(
      dockerfile,
      { ...planOptions, watcher: linter },
      baseImages(bench, options.pull, progress, found, contexts.layouts),
    );
    const violation = linter.violation();
    if (violation) throw violation;
    return { plan, linter };
  } finally {
    for (const warning of linter.warnings()) {
      const key = `${warning.rule} ${warning.range.start.line} ${warning.message}`;
      if (!warnings.has(key)) progress({ type: "warning", ...warning });
      warnings.set(key, warning);
    }
  }
}
