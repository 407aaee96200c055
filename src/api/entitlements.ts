/** What a Dockerfile does to the machine beyond its own files, and must be allowed to. */
import type { SourceText } from "../core/index.ts";
import type { StepVertex, Vertex } from "../graph/index.ts";
import type { Plan } from "../plan/index.ts";
import type { BuildOptions } from "./build-options.ts";
import { entitlementMissing } from "./errors.ts";

export type Entitlement = "network.host" | "security.insecure";

/** Throws ENTITLEMENT_MISSING at the first step that needs what is not allowed. `network: "host"` allows itself. */
export function checkEntitlements(
  plans: readonly Plan[],
  { allow = [], network }: Pick<BuildOptions, "allow" | "network">,
  source: SourceText,
): void {
  const seen = new Set<Vertex>();
  const visit = (vertex: Vertex): void => {
    if (seen.has(vertex)) return;
    seen.add(vertex);
    if (!("step" in vertex)) return;
    if (vertex.base) visit(vertex.base);
    for (const input of vertex.inputs) visit(input.vertex);
    for (const needed of needsOf(vertex)) {
      const granted = allow.includes(needed) || (needed === "network.host" && network === "host");
      if (!granted) throw entitlementMissing(needed, source, vertex.origin.ranges[0]);
    }
  };
  for (const plan of plans) if (plan.result) visit(plan.result);
}

function needsOf({ step }: StepVertex): Entitlement[] {
  if (step.kind !== "run") return [];
  return [
    ...(step.network === "host" ? (["network.host"] as const) : []),
    ...(step.security === "insecure" ? (["security.insecure"] as const) : []),
  ];
}
