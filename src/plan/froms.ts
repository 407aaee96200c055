/** FROM lines with their variables replaced: all of them, before any stage is planned. */
import { SlipwayError, type SourceText, suggest } from "../core/index.ts";
import { type Dockerfile, expandWord, type Stage, type Word } from "../dockerfile/index.ts";
import { type Platform, parsePlatform } from "../oci/index.ts";
import { badPlatformWord, blankBase, blankPlatform } from "./errors.ts";
import { placed } from "./globals.ts";
import type { PlanOptions } from "./options.ts";
import type { NamedScope } from "./watcher.ts";

export interface PlannedFrom {
  /** Name of a stage, an image or a context, or `scratch`. */
  readonly base: string;
  /** The platform that was asked for; the target's if none was. */
  readonly platform: Platform;
  /** Number of the stage that `base` names. */
  readonly parent: number | undefined;
}

/** Throws PLAN_BASE_BLANK, PLAN_PLATFORM and DOCKERFILE_BAD_SUBSTITUTION, also for stages that are not needed, as BuildKit does. */
export function readFroms(dockerfile: Dockerfile, options: PlanOptions, globals: NamedScope): readonly PlannedFrom[] {
  const { stages, source, escape } = dockerfile;
  return stages.map((stage, index) => {
    options.watcher?.from(stage.from, globals);
    const { image } = stage.from;
    const base = placed(() => expandWord(image.raw, globals, { escape }).text, source, image);
    if (base === "") throw blankBase({ source, range: image.range }, image.raw);
    return { base, platform: platformOf(stage, dockerfile, options, globals), parent: earlierStage(stages, base, index) };
  });
}

/** The last stage above `before` that has the name. Stages are named in lower case, and FROM must call them so. */
export function earlierStage(stages: readonly Stage[], name: string, before: number): number | undefined {
  const index = stages.findLastIndex((stage, i) => i < before && stage.name !== "" && stage.name === name);
  return index < 0 ? undefined : index;
}

function platformOf(stage: Stage, { source, escape }: Dockerfile, options: PlanOptions, globals: NamedScope): Platform {
  const { platform: word } = stage.from;
  if (!word) return options.platform;
  const { text, unmatched } = placed(() => expandWord(word.raw, globals, { escape }), source, word);
  if (text === "") throw blankPlatform({ source, range: word.range }, word.raw, nearest(unmatched, globals));
  return parsed(text, word, source, options);
}

function nearest(unmatched: ReadonlySet<string>, globals: NamedScope): string | undefined {
  const [name] = unmatched;
  return name === undefined ? undefined : suggest(name, globals.names());
}

function parsed(text: string, word: Word, source: SourceText, options: PlanOptions): Platform {
  try {
    return parsePlatform(text, options.buildPlatform);
  } catch (error) {
    if (error instanceof SlipwayError) throw badPlatformWord({ source, range: word.range }, text, error);
    throw error;
  }
}
