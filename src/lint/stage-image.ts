/** The image that a stage stands on, as far as the text tells. */
import type { Dockerfile, Stage } from "../dockerfile/index.ts";
import type { Surroundings } from "./rule.ts";
import { textOf } from "./variables.ts";

/** An image name, taken apart. */
export interface ImageName {
  readonly full: string;
  /** Without registry, `library/`, tag and digest: `python`, `bitnami/redis`. */
  readonly repository: string;
  /** Undefined for Docker Hub. */
  readonly registry: string | undefined;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** The image of a FROM line with the default values of ARGs; undefined for a stage, scratch, or a name that is not known. */
export function imageOf(stage: Stage, file: Dockerfile, { defaults }: Surroundings): ImageName | undefined {
  const name = textOf(stage.from.image.raw, defaults, file.escape);
  if (name === undefined || name === "" || name === "scratch") return undefined;
  return parentOf(stage, file, name) ? undefined : imageName(name);
}

/** The image at the root of a stage that may stand on other stages. */
export function rootImageOf(stage: Stage, file: Dockerfile, around: Surroundings): ImageName | undefined {
  const line = lineageOf(stage, file, around);
  return imageOf(line.at(-1) ?? stage, file, around);
}

/** The stage, the one it stands on, and so on. */
export function lineageOf(stage: Stage, file: Dockerfile, { defaults }: Surroundings): readonly Stage[] {
  const line: Stage[] = [];
  for (let at: Stage | undefined = stage; at && !line.includes(at); ) {
    line.push(at);
    at = parentOf(at, file, textOf(at.from.image.raw, defaults, file.escape) ?? "");
  }
  return line;
}

export function imageName(full: string): ImageName {
  const [named = "", digest] = full.split("@");
  const slash = named.indexOf("/");
  const first = slash < 0 ? "" : named.slice(0, slash);
  const isRegistry = /[.:]/.test(first) || first === "localhost";
  const rest = isRegistry ? named.slice(slash + 1) : named;
  const [repository = "", tag] = rest.split(":");
  return { full, repository: repository.replace(/^library\//, ""), registry: isRegistry ? first : undefined, tag, digest };
}

function parentOf(stage: Stage, { stages }: Dockerfile, name: string): Stage | undefined {
  return stages.slice(0, stages.indexOf(stage)).findLast((other) => other.name !== "" && other.name === name.toLowerCase());
}
