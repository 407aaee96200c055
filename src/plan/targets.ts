/** What can be named with `--target`. */
import type { Range } from "../core/index.ts";
import type { Dockerfile } from "../dockerfile/index.ts";
import { descriptionOf } from "./definition.ts";

/** A stage, as a user chooses it. Base and platform are as they were written. */
export interface Target {
  /** Empty where the stage has no name. */
  readonly name: string;
  /** Whether it is built when no target is named. */
  readonly isDefault: boolean;
  readonly description?: string;
  readonly base: string;
  readonly platform?: string;
  readonly range: Range;
}

/** All stages, in the order of the file. */
export function targetsOf({ stages }: Dockerfile): readonly Target[] {
  return stages.map(({ name, from }, index) => {
    const description = name === "" ? undefined : descriptionOf(from.comments, name);
    return {
      name,
      isDefault: index === stages.length - 1,
      ...(description === undefined ? {} : { description }),
      base: from.image.raw,
      ...(from.platform ? { platform: from.platform.raw } : {}),
      range: from.range,
    };
  });
}
