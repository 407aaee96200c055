/** Gives an error of a step the place in the Dockerfile, and a missing source the line of the ignore file that hides it. */
import { SlipwayError, withPlace } from "../core/index.ts";
import type { Vertex } from "../graph/index.ts";
import { compilePatterns } from "../tree/index.ts";
import type { BuildContexts } from "./contexts.ts";

export function explainMissing(error: SlipwayError, vertex: Vertex | undefined, contexts: BuildContexts): SlipwayError {
  const range = vertex?.origin.ranges[0];
  const placed = range ? withPlace(error, contexts.source, range) : error;
  const path = /"\/([^"]*)": not found/.exec(error.message)?.[1];
  const rule = path === undefined ? undefined : ruleFor(path, contexts);
  if (!rule) return placed;
  const { message, code, source, range: at, cause } = placed;
  return new SlipwayError(message, { code, source, range: at, cause, hint: rule });
}

function ruleFor(path: string, { ignore }: BuildContexts): string | undefined {
  if (!ignore) return undefined;
  const patterns = compilePatterns(ignore.rules.map((rule) => rule.pattern));
  if (!patterns.ignores(path)) return undefined;
  const rule = ignore.rules[patterns.rule(path) ?? -1];
  return rule ? `${ignore.name}:${rule.line} (${rule.pattern}) excludes it` : undefined;
}
