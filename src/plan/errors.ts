/** All that can be wrong with what a Dockerfile means. The words are BuildKit's where it has some. */
import { lineRange, type Range, SlipwayError, type SourceText, suggest } from "../core/index.ts";

/** Where a thing stands. */
export interface Place {
  readonly source: SourceText;
  readonly range: Range;
}

/** There are ARGs, but no FROM. */
export function noStages(source: SourceText): SlipwayError {
  return new SlipwayError("dockerfile contains no stages to build", {
    code: "PLAN_NO_STAGES",
    source,
    range: lineRange(1, 1),
    hint: "add a FROM",
  });
}

/** `--target` names no stage. */
export function targetMissing(target: string, stages: readonly string[]): SlipwayError {
  const near = suggest(target, stages);
  return new SlipwayError(`target stage ${JSON.stringify(target)} could not be found${near ? ` (did you mean ${near}?)` : ""}`, {
    code: "PLAN_TARGET_MISSING",
    hint: near ? `did you mean ${near}?` : stages.length > 0 ? `the stages are ${stages.join(", ")}` : undefined,
  });
}

/** FROM expands to nothing. */
export function blankBase(place: Place, written: string): SlipwayError {
  return new SlipwayError(`base name (${written}) should not be blank`, {
    code: "PLAN_BASE_BLANK",
    ...place,
    hint: "give the variable a value with an ARG before the first FROM, or with --build-arg",
  });
}

/** `FROM --platform` expands to nothing. */
export function blankPlatform(place: Place, written: string, near: string | undefined): SlipwayError {
  return new SlipwayError(`empty platform value from expression ${written}${near ? ` (did you mean ${near}?)` : ""}`, {
    code: "PLAN_PLATFORM",
    ...place,
    hint: near ? `did you mean ${near}?` : "give the variable a value with an ARG before the first FROM, or with --build-arg",
  });
}

/** `FROM --platform` is no platform. */
export function badPlatformWord(place: Place, text: string, cause: SlipwayError): SlipwayError {
  return new SlipwayError(`failed to parse platform ${text}: ${cause.message}`, {
    code: "PLAN_PLATFORM",
    ...place,
    hint: cause.hint ?? "such as linux/amd64 or linux/arm/v7",
    cause,
  });
}

/** A mode of `--chmod` is none. */
export function badMode(place: Place, mode: string): SlipwayError {
  return new SlipwayError(`invalid chmod parameter: '${mode}'`, {
    code: "PLAN_CHMOD",
    ...place,
    hint: "it should be octal from 0 to 07777, such as 755, or symbolic, such as u+x,go-w",
  });
}

/** FROM names what is no image name. */
export function badBase(place: Place, name: string, cause: SlipwayError): SlipwayError {
  return new SlipwayError(`failed to parse stage name ${JSON.stringify(name)}: ${cause.message}`, {
    code: "PLAN_BASE_INVALID",
    ...place,
    hint: cause.hint,
    cause,
  });
}

/** A stage needs itself. */
export function circular(place: Place, stage: string): SlipwayError {
  return new SlipwayError(`circular dependency detected on stage: ${stage}`, { code: "PLAN_CIRCULAR", ...place });
}

/** `--from` names a later stage. */
export function stageLater(place: Place, wanted: string, current: string): SlipwayError {
  const message = `cannot copy from stage ${JSON.stringify(wanted)}, it needs to be defined before current stage ${JSON.stringify(current)}`;
  return new SlipwayError(message, { code: "PLAN_STAGE_LATER", ...place, hint: "move the stage up" });
}

/** `--from` has a number that no stage has. */
export function badStageIndex(place: Place, index: string): SlipwayError {
  return new SlipwayError(`invalid stage index ${index}`, { code: "PLAN_STAGE_INDEX", ...place, hint: "stages count from 0" });
}

/** `--from` has a variable. */
export function fromVariable(place: Place): SlipwayError {
  return new SlipwayError(
    "variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround",
    {
      code: "PLAN_FROM_VARIABLE",
      ...place,
    },
  );
}

/** A source or flag that the instruction cannot use. */
export function badUse(place: Place, message: string, hint?: string): SlipwayError {
  return new SlipwayError(message, { code: "PLAN_INVALID", ...place, hint });
}

/** An ONBUILD trigger of the base went wrong: told at the line that brought it. */
export function elsewhere(error: SlipwayError, place: Place, trigger: string): SlipwayError {
  const { code, cause } = error;
  const hint = `the base has ONBUILD ${trigger.split("\n", 1)[0]}${error.hint ? `; ${error.hint}` : ""}`;
  return new SlipwayError(error.message, { code, cause, hint, ...place });
}

/** A git address has a query that cannot be read. */
export function badGitReference(text: string, message: string): SlipwayError {
  const shown = text.replace(/\/\/[^/@]*@/, "//***@");
  return new SlipwayError(`${message} in ${shown}`, {
    code: "PLAN_GIT_REFERENCE",
    hint: "ref, tag, branch, subdir, commit, checksum, keep-git-dir and submodules can be asked for",
  });
}

/** A name of FROM that is nearly a stage's. */
export function withStageHint(error: SlipwayError, name: string, stages: readonly string[]): SlipwayError {
  const near = suggest(name, stages);
  if (!near) return error;
  const { code, source, range, cause } = error;
  return new SlipwayError(`${error.message} (did you mean ${near}?)`, {
    code,
    source,
    range,
    cause,
    hint: `did you mean the stage ${near}?`,
  });
}
