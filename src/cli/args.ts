/**
 * Command lines as Docker reads them (github.com/spf13/pflag): `--name value`,
 * `--name=value`, `-n value`, `-nvalue`, grouped letters, `--b=false`, `--`.
 */
import { parseByteSize, suggest } from "../core/index.ts";
import { parseCsv } from "./csv.ts";
import { badFlagSyntax, badFlagValue, flagNeedsValue, type UsageError, unknownFlag, unknownShortFlag } from "./errors.ts";
import { type Flag, FlagValues, flagTitle, isBool } from "./flag.ts";

/** A command line, taken apart. */
export interface ParsedArguments {
  readonly flags: FlagValues;
  readonly positional: readonly string[];
  /** `--help`, or `-h` where no flag of that letter is declared. */
  readonly help: boolean;
}

export interface ParseOptions {
  /** Flags end at the first word that is none, so that what follows belongs to a command to be run. */
  readonly flagsFirst?: boolean;
}

/** Throws FLAG_UNKNOWN, FLAG_VALUE_MISSING, FLAG_VALUE_INVALID. */
export function parseArguments(words: readonly string[], flags: readonly Flag[], options: ParseOptions = {}): ParsedArguments {
  const values = new Map<string, string[]>();
  const positional: string[] = [];
  const byName = new Map(flags.map((flag) => [flag.name, flag]));
  const byLetter = new Map(flags.flatMap((flag) => (flag.short ? [[flag.short, flag] as const] : [])));
  let help = false;
  const set = (flag: Flag, text: string): void => {
    const split = checked(flag, text);
    values.set(flag.name, flag.kind === "list" || flag.kind === "words" ? [...(values.get(flag.name) ?? []), ...split] : split);
  };

  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") {
      positional.push(...rest);
      break;
    }
    if (word.startsWith("--")) help = long(word, byName, rest, set) || help;
    else if (word.startsWith("-") && word.length > 1) help = letters(word, byLetter, rest, set) || help;
    else {
      positional.push(word);
      if (!options.flagsFirst) continue;
      positional.push(...rest);
      break;
    }
  }
  return { flags: new FlagValues(flags, values), positional, help };
}

type Set = (flag: Flag, text: string) => void;

/** Takes `--name` or `--name=value`; true for `--help`. */
function long(word: string, byName: ReadonlyMap<string, Flag>, rest: string[], set: Set): boolean {
  const equals = word.indexOf("=");
  const name = word.slice(2, equals < 0 ? undefined : equals);
  if (name === "" || name.startsWith("-")) throw badFlagSyntax(word);
  const flag = byName.get(name);
  if (!flag) {
    if (name === "help") return true;
    throw unknownFlag(
      name,
      suggest(
        name,
        [...byName.values()].filter((known) => !known.hidden).map((known) => known.name),
      ),
    );
  }
  if (equals >= 0) set(flag, word.slice(equals + 1));
  else if (standsAlone(flag)) set(flag, flag.bare ?? "true");
  else set(flag, rest.shift() ?? fail(flagNeedsValue(`--${name}`)));
  return false;
}

/** Takes `-abc`, `-n5`, `-n=5`; true for `-h` where it is no flag. */
function letters(word: string, byLetter: ReadonlyMap<string, Flag>, rest: string[], set: Set): boolean {
  for (let i = 1; i < word.length; i++) {
    const letter = word[i] ?? "";
    const flag = byLetter.get(letter);
    if (!flag) {
      if (letter === "h") return true;
      throw unknownShortFlag(letter, word);
    }
    if (word[i + 1] === "=") {
      set(flag, word.slice(i + 2));
      return false;
    }
    if (standsAlone(flag)) set(flag, flag.bare ?? "true");
    else {
      const glued = word.slice(i + 1);
      set(flag, glued === "" ? (rest.shift() ?? fail(flagNeedsValue(`'${letter}' in ${word}`))) : glued);
      return false;
    }
  }
  return false;
}

function standsAlone(flag: Flag): boolean {
  return flag.kind === "bool" || flag.bare !== undefined;
}

/** The value, or the several values it stands for. The reasons are Go's. */
function checked(flag: Flag, text: string): string[] {
  const invalid = (reason: string): never => fail(badFlagValue(text, flagTitle(flag), reason));
  if (flag.kind === "bool" && !isBool(text)) invalid(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (flag.kind === "int" && !/^[-+]?\d{1,15}$/.test(text))
    invalid(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (flag.kind === "bytes" && text !== "") {
    const bytes = parseByteSize(text, "binary");
    return typeof bytes === "number" ? [String(bytes)] : invalid(bytes.error);
  }
  if (flag.kind !== "words") return [text];
  return parseCsv(text) ?? invalid("the quotes do not match");
}

function fail(error: UsageError): never {
  throw error;
}
