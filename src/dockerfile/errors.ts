/** All that can be wrong with the language. The words are BuildKit's where it has some: people search for them. */
import { type Range, SlipwayError, type SourceText, suggest } from "../core/index.ts";

/** There is not one instruction. */
export function noInstructions(source: SourceText, lines: number): SlipwayError {
  const range: Range = { start: { line: Math.max(1, lines), column: 1 }, end: { line: Math.max(1, lines), column: 1 } };
  const message =
    source.text.trim() === "" ? "the Dockerfile cannot be empty (file with no instructions)" : "file with no instructions";
  return new SlipwayError(message, {
    code: "DOCKERFILE_EMPTY",
    source,
    range,
    hint: "begin with FROM and a base image, or FROM scratch",
  });
}

/** No FROM stands before the first instruction that needs one. */
export function noStage(source: SourceText, range: Range): SlipwayError {
  return new SlipwayError("no build stage in current context", {
    code: "DOCKERFILE_NO_STAGE",
    source,
    range,
    hint: "a Dockerfile begins with FROM; only ARG may stand before it",
  });
}

/** A line is longer than BuildKit reads. */
export function lineTooLong(source: SourceText, line: number, max: number): SlipwayError {
  const range: Range = { start: { line, column: 1 }, end: { line, column: 2 } };
  return new SlipwayError(`dockerfile line greater than max allowed size of ${max}`, {
    code: "DOCKERFILE_LINE_TOO_LONG",
    source,
    range,
    hint: "break it with a backslash, or use a heredoc",
  });
}

/** A directive stands twice. */
export function duplicateDirective(source: SourceText, range: Range, name: string): SlipwayError {
  return new SlipwayError(`only one ${name} parser directive can be used`, { code: "DOCKERFILE_DIRECTIVE", source, range });
}

/** The escape character can be one of two. */
export function invalidEscape(source: SourceText, range: Range, value: string): SlipwayError {
  return new SlipwayError(`invalid escape token '${value}' does not match \` or \\`, {
    code: "DOCKERFILE_DIRECTIVE",
    source,
    range,
  });
}

/** A heredoc's end is nowhere. */
export function unterminatedHeredoc(source: SourceText, name: string, range: Range): SlipwayError {
  return new SlipwayError("unterminated heredoc", {
    code: "DOCKERFILE_HEREDOC_UNTERMINATED",
    source,
    range,
    hint: `a line with nothing but ${name} must end it`,
  });
}

/** A JSON array holds something that is no string. */
export function jsonNotStrings(source: SourceText, range: Range): SlipwayError {
  return new SlipwayError("when using JSON array syntax, arrays must be comprised of strings only", {
    code: "DOCKERFILE_JSON_NOT_STRINGS",
    source,
    range,
    hint: "put every item in double quotes",
  });
}

/** ENV or LABEL has a name and no value. */
export function twoArguments(source: SourceText, range: Range, name: string): SlipwayError {
  return new SlipwayError(`${name} must have two arguments`, {
    code: "DOCKERFILE_VALUE_MISSING",
    source,
    range,
    hint: `write ${name} name=value`,
  });
}

/** A word of ENV or LABEL is no pair. */
export function keyValueExpected(source: SourceText, range: Range, word: string): SlipwayError {
  return new SlipwayError(`Syntax error - can't find = in ${JSON.stringify(word)}. Must be of the form: name=value`, {
    code: "DOCKERFILE_PAIR_EXPECTED",
    source,
    range,
    hint: "a value with blanks needs quotes",
  });
}

/** A `${…}` that cannot be expanded. */
export function badSubstitution(word: string, reason: string): SlipwayError {
  const shown = word.length > 200 ? `${word.slice(0, 200)}…` : word;
  return new SlipwayError(`failed to process ${JSON.stringify(shown)}: ${reason}`, {
    code: "DOCKERFILE_BAD_SUBSTITUTION",
    hint: substitutionHint(reason),
  });
}

function substitutionHint(reason: string): string | undefined {
  if (reason.startsWith("unexpected end") || reason.includes("missing '}'"))
    return "a blank ends a word unless it stands in quotes: close what is open, or put the whole word in quotes";
  if (reason.startsWith("unsupported modifier"))
    return `there are \${NAME:-default}, \${NAME:+value}, \${NAME:?message}, \${NAME#pattern}, \${NAME%pattern} and \${NAME/pattern/text}`;
  return undefined;
}

/** `${…}` inside `${…}` without end. */
export function nestedTooDeep(deepest: number): SlipwayError {
  return new SlipwayError(`\${...} is nested more than ${deepest} deep`, { code: "DOCKERFILE_NESTED_TOO_DEEP" });
}

/** A word stands for far more than anybody writes: variables that hold each other several times grow without end. */
export function wordTooLong(word: string, most: number): SlipwayError {
  const shown = word.length > 200 ? `${word.slice(0, 200)}…` : word;
  return new SlipwayError(`${JSON.stringify(shown)} stands for more than ${most / 2 ** 20} MiB`, {
    code: "DOCKERFILE_WORD_TOO_LONG",
    hint: "a variable is put into itself again and again",
  });
}

/** The patterns of a word, over the value they look at, would take seconds. */
export function patternTooCostly(word: string): SlipwayError {
  const shown = word.length > 200 ? `${word.slice(0, 200)}…` : word;
  return new SlipwayError(`the pattern in ${JSON.stringify(shown)} takes too long to be looked for`, {
    code: "DOCKERFILE_PATTERN_TOO_COSTLY",
    hint: "the pattern and the value are both very long: shorten one of them",
  });
}

/** No instruction has this name. */
export function unknownInstruction(source: SourceText, range: Range, word: string, known: readonly string[]): SlipwayError {
  const near = suggest(word, known);
  const glued = known.find((name) => word.toUpperCase().startsWith(`${name}[`));
  const spelled = near && (word === word.toLowerCase() ? near.toLowerCase() : near);
  const further = range.start.line > 1 ? "if this belongs to the line above, that line must end with a backslash" : undefined;
  return new SlipwayError(`unknown instruction: ${word}${spelled ? ` (did you mean ${spelled}?)` : ""}`, {
    code: "DOCKERFILE_UNKNOWN_INSTRUCTION",
    source,
    range,
    hint: glued ? `a blank is missing after ${glued}: ${glued} [...]` : spelled ? undefined : further,
  });
}

/** The instruction has no such flag. */
export function unknownFlag(
  source: SourceText,
  range: Range,
  name: string,
  flag: string,
  known: readonly string[],
): SlipwayError {
  const near = suggest(flag, known);
  return new SlipwayError(`unknown flag: --${flag}${near ? ` (did you mean ${near}?)` : ""}`, {
    code: "DOCKERFILE_UNKNOWN_FLAG",
    source,
    range,
    hint: known.length > 0 ? `${name} has ${known.map((one) => `--${one}`).join(", ")}` : `${name} has no flags`,
  });
}

/** A flag that may stand once stands twice. */
export function duplicateFlag(source: SourceText, range: Range, flag: string): SlipwayError {
  return new SlipwayError(`duplicate flag specified: --${flag}`, {
    code: "DOCKERFILE_DUPLICATE_FLAG",
    source,
    range,
    hint: `--${flag} can be given once`,
  });
}

/** A flag has no value. */
export function flagWithoutValue(source: SourceText, range: Range, flag: string): SlipwayError {
  return new SlipwayError(`missing a value on flag: --${flag}`, {
    code: "DOCKERFILE_FLAG_VALUE",
    source,
    range,
    hint: `write --${flag}=value, without blanks around the =`,
  });
}

/** A flag that is true or false is neither. */
export function flagNotBoolean(source: SourceText, range: Range, flag: string, value: string): SlipwayError {
  return new SlipwayError(`expecting boolean value for flag --${flag}, not: ${value}`, {
    code: "DOCKERFILE_FLAG_VALUE",
    source,
    range,
    hint: "true or false",
  });
}

/** An instruction has too few or too many arguments. */
export function wrongArguments(source: SourceText, range: Range, name: string, wants: string): SlipwayError {
  return new SlipwayError(`${name} requires ${wants}`, { code: "DOCKERFILE_ARGUMENTS", source, range, hint: USAGE[name] });
}

/** How an instruction is written. */
const USAGE: Readonly<Record<string, string>> = {
  ARG: "ARG NAME[=value] ...",
  ENV: "ENV NAME=value ...",
  EXPOSE: "EXPOSE port[/protocol] ...",
  FROM: "FROM image [AS name]",
  HEALTHCHECK: "HEALTHCHECK [--interval=30s ...] CMD command, or HEALTHCHECK NONE",
  LABEL: "LABEL name=value ...",
  MAINTAINER: "MAINTAINER name",
  ONBUILD: "ONBUILD instruction",
  SHELL: 'SHELL ["/bin/bash", "-c"]',
  STOPSIGNAL: "STOPSIGNAL signal",
  USER: "USER name[:group]",
  VOLUME: "VOLUME /folder ...",
  WORKDIR: "WORKDIR /folder",
};

/** COPY or ADD has nothing to copy or nowhere to. */
export function destinationMissing(source: SourceText, range: Range, name: string, meant: string | undefined): SlipwayError {
  const message = `${name} requires at least two arguments, but only one was provided. Destination could not be determined`;
  return new SlipwayError(message, {
    code: "DOCKERFILE_ARGUMENTS",
    source,
    range,
    hint: meant ? `a JSON array has double quotes: ${name} ${meant}` : `${name} SOURCE... DESTINATION`,
  });
}

/** The destination of COPY or ADD is a heredoc. */
export function heredocDestination(source: SourceText, range: Range, name: string): SlipwayError {
  return new SlipwayError(`${name} cannot accept a heredoc as a destination`, { code: "DOCKERFILE_ARGUMENTS", source, range });
}

/** A name may not be empty. */
export function blankName(source: SourceText, range: Range, name: string): SlipwayError {
  return new SlipwayError(`${name} names can not be blank`, { code: "DOCKERFILE_BLANK_NAME", source, range });
}

/** A stage cannot be called so. */
export function badStageName(source: SourceText, range: Range, name: string): SlipwayError {
  return new SlipwayError(
    `invalid name for build stage: ${JSON.stringify(name)}, name can't start with a number or contain symbols`,
    {
      code: "DOCKERFILE_STAGE_NAME",
      source,
      range,
      hint: "letters, digits, `-`, `_` and `.`, beginning with a letter",
    },
  );
}

/** A value that the instruction does not know. */
export function badValue(source: SourceText, range: Range, message: string, hint?: string): SlipwayError {
  return new SlipwayError(message, { code: "DOCKERFILE_VALUE", source, range, hint });
}

/** What may not stand behind ONBUILD. */
export function badTrigger(source: SourceText, range: Range, trigger: string): SlipwayError {
  const chained = trigger === "ONBUILD";
  return new SlipwayError(
    chained ? "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed" : `${trigger} isn't allowed as an ONBUILD trigger`,
    { code: "DOCKERFILE_ONBUILD", source, range, hint: "ONBUILD holds any instruction but FROM, MAINTAINER and ONBUILD" },
  );
}

/** HEALTHCHECK is not what it must be. */
export function badHealthcheck(source: SourceText, range: Range, message: string, hint?: string): SlipwayError {
  return new SlipwayError(message, { code: "DOCKERFILE_HEALTHCHECK", source, range, hint: hint ?? USAGE["HEALTHCHECK"] });
}

/** SHELL is not in JSON form. */
export function shellNotJson(source: SourceText, range: Range, meant: string | undefined): SlipwayError {
  return new SlipwayError("SHELL requires the arguments to be in JSON form", {
    code: "DOCKERFILE_VALUE",
    source,
    range,
    hint: meant ? `a JSON array has double quotes: SHELL ${meant}` : USAGE["SHELL"],
  });
}
