/** All that can be wrong with a command line. */
import { SlipwayError } from "../core/index.ts";

/** A command line that means nothing. It is answered with the usage of the command. */
export class UsageError extends SlipwayError {
  /** 125 for a flag, 1 for the number of arguments, as Docker has it. */
  readonly exitCode: number;

  constructor(exitCode: number, message: string, code: string, hint?: string) {
    super(message, { code, hint });
    this.exitCode = exitCode;
  }
}

/** The command has no such flag. */
export function unknownFlag(name: string, meant: string | undefined): UsageError {
  return new UsageError(125, `unknown flag: --${name}`, "FLAG_UNKNOWN", meant && `did you mean --${meant}?`);
}

/** The command has no flag of this letter. */
export function unknownShortFlag(letter: string, word: string): UsageError {
  return new UsageError(125, `unknown shorthand flag: '${letter}' in ${word}`, "FLAG_UNKNOWN");
}

/** A word that looks like a flag and names none, such as `--=x`. */
export function badFlagSyntax(word: string): UsageError {
  return new UsageError(125, `bad flag syntax: ${word}`, "FLAG_UNKNOWN");
}

/** The flag wants a value and is the last word. */
export function flagNeedsValue(flag: string): UsageError {
  return new UsageError(125, `flag needs an argument: ${flag}`, "FLAG_VALUE_MISSING");
}

/** The flag's value is not of its kind. */
export function badFlagValue(value: string, flag: string, reason: string): UsageError {
  return new UsageError(125, `invalid argument ${JSON.stringify(value)} for "${flag}" flag: ${reason}`, "FLAG_VALUE_INVALID");
}

/** Too few or too many arguments. */
export function wrongArgumentCount(command: string, min: number, max: number): UsageError {
  return new UsageError(1, `slipway: 'slipway ${command}' ${wanted(min, max)}`, "ARGUMENT_COUNT");
}

function wanted(min: number, max: number): string {
  const count = (n: number): string => `${n} argument${n === 1 ? "" : "s"}`;
  if (max === 0) return "accepts no arguments";
  if (min === max) return `requires ${count(min)}`;
  if (max === Number.POSITIVE_INFINITY) return `requires at least ${count(min)}`;
  return min === 0 ? `requires at most ${count(max)}` : `requires at least ${min} and at most ${count(max)}`;
}

/** There is no such command. The hint names the nearest, or says what to do without it. */
export function unknownCommand(name: string, hint: string | undefined): UsageError {
  return new UsageError(1, `slipway: unknown command: slipway ${name}`, "COMMAND_UNKNOWN", hint);
}

/** Something that Docker has and slipway has not. It is refused, never passed over in silence. */
export function notSupported(what: string, hint?: string): SlipwayError {
  return new SlipwayError(`${what} is not supported`, { code: "NOT_SUPPORTED", hint });
}

/** An option's value is not in the form it must have. */
export function badOptionValue(option: string, value: string, reason: string): SlipwayError {
  return new SlipwayError(`invalid value ${JSON.stringify(value)} for ${option}: ${reason}`, { code: "OPTION_VALUE_INVALID" });
}

/** The value of `--call` has a field that means nothing. The words are buildx's. */
export function badCall(text: string, what: "value" | "field" = "value"): SlipwayError {
  return new SlipwayError(`invalid print ${what}: ${text}`, {
    code: "CALL_INVALID",
    hint: "such as --call=check,format=json; the fields are format and ignorestatus",
  });
}

/** `--call` asks for what is not known. The words are BuildKit's. */
export function unknownCall(method: string): SlipwayError {
  return new SlipwayError(`unsupported request frontend.${method}`, {
    code: "CALL_UNKNOWN",
    hint: "there are build, check, outline and targets",
  });
}

/** Two options exclude each other. */
export function optionsExclude(message: string): SlipwayError {
  return new SlipwayError(message, { code: "OPTIONS_EXCLUDE" });
}

/** A template of `--format` is wrong. The words are Go's. */
export function badTemplate(reason: string): SlipwayError {
  return new SlipwayError(`template parsing error: ${reason}`, { code: "TEMPLATE_INVALID" });
}

/** The client's configuration cannot be read. */
export function configUnreadable(path: string, reason: string): SlipwayError {
  return new SlipwayError(`the configuration ${path} cannot be read: ${reason}`, { code: "CLIENT_CONFIG_INVALID" });
}

/** A file that the command was to read or write. */
export function fileFailed(path: string, cause: NodeJS.ErrnoException): SlipwayError {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: "no such file or directory",
    EACCES: "permission denied",
    EISDIR: "is a directory",
    ENOTDIR: "not a directory",
  };
  return new SlipwayError(`open ${path}: ${reasons[cause.code ?? ""] ?? cause.message}`, { code: "FILE_FAILED", cause });
}

/** Unlike `-v`, `--mount` makes no folder of the host. The words are Docker's. */
export function mountSourceMissing(path: string): SlipwayError {
  return new SlipwayError(`invalid mount config for type "bind": bind source path does not exist: ${path}`, {
    code: "MOUNT_SOURCE_MISSING",
    hint: "make it, or mount it with -v, which makes it",
  });
}

/** `--cidfile` names a file that is there. The words are Docker's. */
export function idFileThere(path: string): SlipwayError {
  return new SlipwayError(`container ID file found, make sure the other container isn't running or delete ${path}`, {
    code: "ID_FILE_THERE",
  });
}

/** Both paths of `cp` are of the host. The words are Docker's. */
export function copyNeedsContainer(): SlipwayError {
  return new SlipwayError("must specify at least one container source", {
    code: "COPY_NEEDS_CONTAINER",
    hint: "such as: slipway cp NAME:/path/of/file .",
  });
}

/** Bytes were about to be written to a terminal. The words are Docker's. */
export function terminalRefused(): SlipwayError {
  return new SlipwayError("cowardly refusing to save to a terminal. Use the -o flag or redirect", { code: "TERMINAL_REFUSED" });
}

/** A filter of `--filter` is none of the command's. */
export function badFilter(filter: string): SlipwayError {
  return new SlipwayError(`invalid filter '${filter}'`, { code: "FILTER_INVALID" });
}

/** `--progress` names no display. The words are buildx's. */
export function badProgressMode(mode: string): SlipwayError {
  return new SlipwayError(`invalid progress mode ${mode}`, {
    code: "PROGRESS_MODE_INVALID",
    hint: "there are auto, plain, tty, quiet, rawjson and none",
  });
}

/** A tar would go to the terminal. The words are buildx's. */
export function destNeeded(type: string): SlipwayError {
  return new SlipwayError(`dest file is required for ${type} exporter. refusing to write to console`, {
    code: "OUTPUT_DEST_NEEDED",
    hint: `name a file, -o type=${type},dest=FILE, or send the output into a pipe`,
  });
}

/** `--allow` names what cannot be allowed. The words are buildx's. */
export function unknownEntitlement(name: string): SlipwayError {
  return new SlipwayError(`unknown entitlement ${name}`, {
    code: "ENTITLEMENT_UNKNOWN",
    hint: "there are network.host and security.insecure",
  });
}

/** The file of `--secret` is not there. The words are buildx's. */
export function secretFileMissing(path: string): SlipwayError {
  return new SlipwayError(`failed to stat ${path}: stat ${path}: no such file or directory`, { code: "SECRET_FILE_MISSING" });
}

/** A tar was to be read from a terminal. The words are Docker's. */
export function stdinEmpty(): SlipwayError {
  return new SlipwayError("requested load from stdin, but stdin is empty", {
    code: "STDIN_EMPTY",
    hint: "name the file with -i, or pipe it in",
  });
}

/** A terminal was asked for, and the input is none. The words are Docker's. */
export function noTerminal(): SlipwayError {
  return new SlipwayError("the input device is not a TTY", {
    code: "NOT_A_TERMINAL",
    hint: "leave -t out where input comes from a file or a pipe",
  });
}

/** A shell is to be opened where a step fails, and there is nobody to type into it. */
export function shellNeedsTerminal(): SlipwayError {
  return new SlipwayError("--on-error=shell needs a terminal", {
    code: "NOT_A_TERMINAL",
    hint: "leave it out where input or errors go to a file or a pipe",
  });
}

/** The port is not published. The words are Docker's. */
export function portNotPublished(port: string, container: string): SlipwayError {
  return new SlipwayError(`no public port '${port.includes("/") ? port : `${port}/tcp`}' published for ${container}`, {
    code: "PORT_NOT_PUBLISHED",
  });
}

/** A name and a password were to be asked for, and nobody is there to ask. */
export function noTerminalForLogin(): SlipwayError {
  return new SlipwayError("Cannot perform an interactive login from a non TTY device", {
    code: "LOGIN_NEEDS_TERMINAL",
    hint: "use --username and --password-stdin",
  });
}
