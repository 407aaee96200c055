/** Gives what a step failed with the place in the Dockerfile, and says why, where the file or the context tells it. */
import { posix } from "node:path";
import { type Range, type SlipwayError, withHint, withPlace } from "../core/index.ts";
import { meantExecForm } from "../dockerfile/index.ts";
import type { StepVertex, Vertex, WrittenSource } from "../graph/index.ts";
import { compilePatterns } from "../tree/index.ts";
import type { BuildContexts } from "./contexts.ts";

/** `vertex` is the one that failed. */
export function explainFailure(error: SlipwayError, vertex: Vertex | undefined, contexts: BuildContexts): SlipwayError {
  if (!vertex) return error;
  const source = sourceOf(error, vertex);
  const range: Range | undefined = source?.range ?? vertex.origin.ranges[0];
  const placed = range ? withPlace(error, contexts.source, range) : error;
  const why = source ? whyUnusable(source, vertex, contexts) : whyFailed(placed, vertex);
  return why === undefined ? placed : withHint(placed, why);
}

/** The source that an error is about. */
function sourceOf({ code, message }: SlipwayError, { origin }: Vertex): WrittenSource | undefined {
  if (code === "COPY_SOURCE_MISSING" || code === "MOUNT_SOURCE_MISSING") {
    const path = /"([^"]*)": not found/.exec(message)?.[1];
    return origin.sources?.find((one) => posix.normalize(one.path) === path);
  }
  if (code !== "PATTERN_INVALID") return undefined;
  return origin.sources?.find((one) => one.path.split("/").some((part) => message.endsWith(JSON.stringify(part))));
}

function whyUnusable(source: WrittenSource, vertex: Vertex, contexts: BuildContexts): string | undefined {
  if (readsContext(source, vertex)) {
    const rule = ruleFor(source.path.slice(1), contexts);
    if (rule !== undefined) return rule;
    if (leaves(source.text)) return wayOut(source.text);
  }
  if (source.text.startsWith("[")) return "it is taken for a name: a JSON array has double quotes and no comma at its end";
  return source.note;
}

/** The file is looked for in the build context, not in a stage or an image. */
function readsContext(source: WrittenSource, vertex: Vertex): boolean {
  if (!("step" in vertex)) return false;
  const input = vertex.inputs.find((one) => one.by === "content" && one.select.path === source.path);
  return input !== undefined && "source" in input.vertex && input.vertex.source.kind === "context";
}

/** The line of the ignore file that hides a path. */
function ruleFor(path: string, { ignore }: BuildContexts): string | undefined {
  if (!ignore) return undefined;
  const patterns = compilePatterns(ignore.rules.map((rule) => rule.pattern));
  if (!patterns.ignores(path)) return undefined;
  const rule = ignore.rules[patterns.rule(path) ?? -1];
  return rule ? `${ignore.name}:${rule.line} (${rule.pattern}) excludes it` : undefined;
}

function leaves(text: string): boolean {
  return posix.normalize(text.replace(/^\/+/, "")).split("/")[0] === "..";
}

function wayOut(text: string): string {
  const folder = posix.dirname(posix.normalize(text));
  return `nothing above the context can be copied: build in a folder above, with -f for this Dockerfile, or offer --build-context up=${folder} and write COPY --from=up ${posix.basename(text)}`;
}

/** A RUN that went to the shell though it was meant for none. */
function whyFailed(error: SlipwayError, vertex: Vertex): string | undefined {
  if (error.code !== "RUN_FAILED" || !("step" in vertex)) return undefined;
  const meant = meantBy(vertex);
  return meant && `it is no JSON, so the shell was given it as it stands; a JSON array has double quotes: RUN ${meant}`;
}

function meantBy({ step }: StepVertex): string | undefined {
  const line = step.kind === "run" ? step.argv.at(-1) : undefined;
  return line === undefined ? undefined : meantExecForm(line);
}
