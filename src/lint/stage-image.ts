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
export function imageOf(stage: Stage, file: Dockerfile, around: Surroundings): ImageName | undefined {
  const name = textOf(stage.from.image.raw, around.defaults, file.escape);
  if (name === undefined || name === "" || name === "scratch") return undefined;
  return parentsOf(file, around).has(stage) ? undefined : imageName(name);
}

/** The image at the root of a stage that may stand on other stages. */
export function rootImageOf(stage: Stage, file: Dockerfile, around: Surroundings): ImageName | undefined {
  const parents = parentsOf(file, around);
  let root = stage;
  for (let at = parents.get(stage); at; at = parents.get(at)) root = at;
  return imageOf(root, file, around);
}

/** The stage, the one it stands on, and so on. */
export function lineageOf(stage: Stage, file: Dockerfile, around: Surroundings): readonly Stage[] {
  const parents = parentsOf(file, around);
  const line: Stage[] = [];
  for (let at: Stage | undefined = stage; at; at = parents.get(at)) line.push(at);
  return line;
}

/** Works something out for each stage from what its parent came to. */
export function inherit<T>(file: Dockerfile, around: Surroundings, work: (stage: Stage, parent: T | undefined) => T): void {
  const parents = parentsOf(file, around);
  const known = new Map<Stage, T>();
  for (const stage of file.stages) {
    const parent = parents.get(stage);
    known.set(stage, work(stage, parent && known.get(parent)));
  }
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

const known = new WeakMap<Dockerfile, ReadonlyMap<Stage, Stage>>();

/** The stage that each stage stands on, for those that stand on one. It is always one above. */
function parentsOf(file: Dockerfile, { defaults }: Surroundings): ReadonlyMap<Stage, Stage> {
  const before = known.get(file);
  if (before) return before;
  const parents = new Map<Stage, Stage>();
  const byName = new Map<string, Stage>();
  for (const stage of file.stages) {
    const parent = byName.get((textOf(stage.from.image.raw, defaults, file.escape) ?? "").toLowerCase());
    if (parent) parents.set(stage, parent);
    if (stage.name !== "") byName.set(stage.name, stage);
  }
  known.set(file, parents);
  return parents;
}
