/**
 * What can go wrong, in two kinds.
 *
 * A `SlipwayError` is something the user can act on: it has a code that stays the
 * same over versions, the place in the source where there is one, and a hint where
 * one can be given. Anything else that escapes is a bug in slipway.
 */
import type { Range, SourceText } from "./source.ts";

/** What an error knows besides its message. */
export interface Trouble {
  /** Stable name of the error, such as `COPY_SOURCE_MISSING`. All codes are listed in docs/errors.md. */
  readonly code: string;
  /** What to do about it, in a clause without a full stop. */
  readonly hint?: string | undefined;
  /** The text that is at fault. */
  readonly source?: SourceText | undefined;
  /** Where in `source`. */
  readonly range?: Range | undefined;
  readonly cause?: unknown;
  /** Further errors that were found on the way. */
  readonly others?: readonly SlipwayError[];
}

/** Something the user can act on. */
export class SlipwayError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly source: SourceText | undefined;
  readonly range: Range | undefined;
  readonly others: readonly SlipwayError[];

  constructor(message: string, trouble: Trouble) {
    super(message, { cause: trouble.cause });
    this.name = new.target.name;
    this.code = trouble.code;
    this.hint = trouble.hint;
    this.source = trouble.source;
    this.range = trouble.range;
    this.others = trouble.others ?? [];
  }
}

/** A process of a `RUN`, or of `run`, ended with a code other than 0. */
export class ProcessError extends SlipwayError {
  readonly exitCode: number;

  constructor(exitCode: number, message: string, trouble: Trouble) {
    super(message, trouble);
    this.exitCode = exitCode;
  }
}

/** A registry answered with an error. `codes` are those of the distribution-spec, such as `MANIFEST_UNKNOWN`. */
export class RegistryError extends SlipwayError {
  readonly status: number;
  readonly codes: readonly string[];

  constructor(status: number, codes: readonly string[], message: string, trouble: Trouble) {
    super(message, trouble);
    this.status = status;
    this.codes = codes;
  }
}

/** The same error with a place, where it has none yet. */
export function withPlace(error: SlipwayError, source: SourceText, range: Range): SlipwayError {
  if (error.range) return error;
  const placed = Object.create(error) as SlipwayError;
  Object.defineProperties(placed, { source: { value: source }, range: { value: range } });
  return placed;
}

/** The same error with another hint. */
export function withHint(error: SlipwayError, hint: string): SlipwayError {
  return Object.defineProperty(Object.create(error) as SlipwayError, "hint", { value: hint });
}

/** The first of several errors, which knows the others. There must be one. */
export function allErrors(errors: readonly SlipwayError[]): SlipwayError {
  const [first, ...others] = errors;
  if (!first) throw bug("no errors");
  if (others.length === 0) return first;
  const { message, code, hint, source, range, cause } = first;
  return new SlipwayError(message, { code, hint, source, range, cause, others });
}

/** An error for what cannot happen. */
export function bug(message: string): Error {
  return new Error(`bug: ${message}`);
}
