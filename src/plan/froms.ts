/** FROM lines with their variables replaced: all of them, before any stage is planned. */
import { type Findings, SlipwayError, type SourceText, suggest } from "../core/index.ts";
import { type Dockerfile, expandWord, type Stage, type Word } from "../dockerfile/index.ts";
import { type Platform, parsePlatform } from "../oci/index.ts";
import { badPlatformWord, blankBase, blankPlatform } from "./errors.ts";
import { placed } from "./globals.ts";
import type { PlanOptions } from "./options.ts";
import { stageBefore } from "./stage-names.ts";
import { whyUnsetInFrom } from "./unset.ts";
import type { NamedScope } from "./watcher.ts";

export interface PlannedFrom {
  /** Name of a stage, an image or a context, or `scratch`. */
  readonly base: string;
  /** Why a variable of it has no value, where one has none. */
  readonly why: () => string | undefined;
  /** The platform that was asked for; the target's if none was. */
  readonly platform: Platform;
  /** Number of the stage that `base` names. */
  readonly parent: number | undefined;
}

/**
 * Finds PLAN_BASE_BLANK, PLAN_PLATFORM and DOCKERFILE_BAD_SUBSTITUTION, also in stages that
 * are not needed, as BuildKit does. What it gives counts only where nothing was found.
 */
export function readFroms(
  dockerfile: Dockerfile,
  options: PlanOptions,
  globals: NamedScope,
  findings: Findings,
): readonly PlannedFrom[] {
  return dockerfile.stages.flatMap((stage, index) => {
    options.watcher?.from(stage.from, globals);
    return findings.attempt(() => readFrom(stage, index, dockerfile, options, globals)) ?? [];
  });
}

function readFrom(stage: Stage, index: number, dockerfile: Dockerfile, options: PlanOptions, globals: NamedScope): PlannedFrom {
  const { stages, source, escape } = dockerfile;
  const { image } = stage.from;
  const { text: base, unmatched } = placed(() => expandWord(image.raw, globals, { escape }), source, image);
  const [unset] = unmatched;
  const why = (): string | undefined => (unset === undefined ? undefined : whyUnsetInFrom(unset, dockerfile, globals.names()));
  if (base === "") throw blankBase({ source, range: image.range }, image.raw, why());
  // Stages are named in lower case, and FROM must call them so.
  return { base, why, platform: platformOf(stage, dockerfile, options, globals), parent: stageBefore(stages, base, index) };
}

function platformOf(stage: Stage, dockerfile: Dockerfile, options: PlanOptions, globals: NamedScope): Platform {
  const { source, escape } = dockerfile;
  const { platform: word } = stage.from;
  if (!word) return options.platform;
  const { text, unmatched } = placed(() => expandWord(word.raw, globals, { escape }), source, word);
  if (text === "") {
    const [unset = ""] = unmatched;
    const why = whyUnsetInFrom(unset, dockerfile, globals.names());
    throw blankPlatform({ source, range: word.range }, word.raw, suggest(unset, globals.names()), why);
  }
  return parsed(text, word, source, options);
}

function parsed(text: string, word: Word, source: SourceText, options: PlanOptions): Platform {
  try {
    return parsePlatform(text, options.buildPlatform);
  } catch (error) {
    if (error instanceof SlipwayError) throw badPlatformWord({ source, range: word.range }, text, error);
    throw error;
  }
}
