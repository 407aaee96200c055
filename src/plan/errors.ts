/** All that can be wrong with what a Dockerfile means. The words are BuildKit's where it has some. */
import { type Range, SlipwayError, type SourceText, suggest } from "../core/index.ts";

/** Where a thing stands. */
export interface Place {
  readonly source: SourceText;
  readonly range: Range;
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
