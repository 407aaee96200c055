/** All that can be wrong with what a Dockerfile means. The words are BuildKit's where it has some. */
import { lineRange, type Range, SlipwayError, type SourceText, suggest, withHint } from "../core/index.ts";

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
    hint: stages.length > 0 ? `the stages are ${stages.join(", ")}` : "no stage has a name: write FROM image AS name",
  });
}

/** FROM expands to nothing. */
export function blankBase(place: Place, written: string, why: string | undefined): SlipwayError {
  return new SlipwayError(`base name (${written}) should not be blank`, { code: "PLAN_BASE_BLANK", ...place, hint: why });
}

/** `FROM --platform` expands to nothing. */
export function blankPlatform(place: Place, written: string, near: string | undefined, why: string | undefined): SlipwayError {
  const message = `empty platform value from expression ${written}${near ? ` (did you mean ${near}?)` : ""}`;
  return new SlipwayError(message, { code: "PLAN_PLATFORM", ...place, hint: why });
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
export function badBase(place: Place, name: string, cause: SlipwayError, why: string | undefined): SlipwayError {
  const shown = JSON.stringify(name);
  // The name stands in the message once.
  const reason = cause.message.replace(`: ${shown}`, "");
  return new SlipwayError(`failed to parse stage name ${shown}: ${reason}`, {
    code: "PLAN_BASE_INVALID",
    ...place,
    hint: why ?? cause.hint,
    cause,
  });
}

/** A stage needs itself. */
export function circular(place: Place, stage: string): SlipwayError {
  return new SlipwayError(`circular dependency detected on stage: ${stage}`, {
    code: "PLAN_CIRCULAR",
    ...place,
    hint: "what this stage takes files from needs this stage itself",
  });
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
      hint: "write FROM with the variable AS name at the top, and --from=name here; or ask for it: # slipway=from-variables",
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

/** What no stage is called was looked for as an image; where it is nearly a stage's name, BuildKit's message asks for that. */
export function withStageHint(error: SlipwayError, name: string, stages: readonly string[]): SlipwayError {
  const near = suggest(name, stages);
  const { code, source, range, cause } = error;
  if (near) {
    const hint = `no stage is called ${name}, so it was looked for as an image; the stages are ${stages.join(", ")}`;
    return new SlipwayError(`${error.message} (did you mean ${near}?)`, { code, source, range, cause, hint });
  }
  const plain = stages.length > 0 && /^[\w.-]+$/.test(name);
  return plain ? withHint(error, `no stage is called ${name}, so it was looked for as an image; ${error.hint ?? ""}`) : error;
}

/** STOPSIGNAL names no signal. The words are Docker's. */
export function badSignal(place: Place, signal: string, known: readonly string[]): SlipwayError {
  const near = suggest(signal, known);
  return new SlipwayError(`invalid signal: ${signal}`, {
    code: "PLAN_INVALID",
    ...place,
    hint: near ? `did you mean ${near}?` : "such as SIGTERM, SIGINT or 15",
  });
}

/** The words of a stage stand for far more than anybody writes. It has no place yet. */
export function stageTooLong(most: number): SlipwayError {
  return new SlipwayError(`the variables of this stage come to more than ${most / 2 ** 20} MiB`, {
    code: "PLAN_TOO_LONG",
    hint: "each line repeats what the lines above have set; a shorter value, or a file that is copied, does the same",
  });
}

/** EXPOSE has what is no port. The words are Docker's. */
export function badPort(place: Place, message: string): SlipwayError {
  return new SlipwayError(message, {
    code: "PLAN_INVALID",
    ...place,
    hint: "such as 8080, 53/udp or 8000-8010; there are tcp, udp and sctp",
  });
}

/** A field of `--mount` cannot be. It has no place yet. */
export function badMountField(message: string, hint?: string): SlipwayError {
  return new SlipwayError(message, { code: "PLAN_INVALID", hint });
}

/** `# slipway=` asks for what is not there. */
export function unknownExtension(place: Place, name: string, known: readonly string[]): SlipwayError {
  return new SlipwayError(`there is no extension ${JSON.stringify(name)}`, {
    code: "PLAN_EXTENSION_UNKNOWN",
    ...place,
    hint: `there is ${known.join(", ")}`,
  });
}

/** `--no-cache-from` names no stage. */
export function noCacheStageMissing(name: string, stages: readonly string[]): SlipwayError {
  return new SlipwayError(`--no-cache-from names the stage ${JSON.stringify(name)}, which is not there`, {
    code: "PLAN_STAGE_MISSING",
    hint: stages.length > 0 ? `there are ${stages.join(", ")}` : "no stage has a name; a line number alone will do",
  });
}
