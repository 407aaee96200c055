/** The program: from a command line to an exit code. */
import { SlipwayError, suggest } from "../core/index.ts";
import { parseArguments } from "./args.ts";
import type { Command, CommandEntry, Settings } from "./command.ts";
import { COMMANDS, ELSEWHERE, GROUPS } from "./command-list.ts";
import { type Console, processConsole } from "./console.ts";
import { UsageError, unknownCommand, wrongArgumentCount } from "./errors.ts";
import type { FlagValues } from "./flag.ts";
import { commandHelp, groupHelp, programHelp, usageHint } from "./help.ts";
import { renderBug, renderDockerError, renderError } from "./report.ts";
import { EVERYWHERE, GLOBAL_FLAGS, settingsOf } from "./settings.ts";

/** Exit code of a bug (EX_SOFTWARE of sysexits.h). */
const BUG = 70;
/** Exit code after Ctrl-C. */
const INTERRUPTED = 130;

/** Runs the program with the process's own arguments and streams, and ends the process. */
export async function main(): Promise<void> {
  const abort = new AbortController();
  let interrupts = 0;
  const interrupt = (): void => {
    if (++interrupts > 1) process.exit(INTERRUPTED);
    abort.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  const code = await execute(process.argv.slice(2), processConsole(), abort.signal, enter);
  // Idle connections and workers must not keep the process; what was written to a pipe is out already.
  process.exit(code);
}

async function enter(): Promise<void> {
  const { enterUserNamespace } = await import("../api/index.ts");
  enterUserNamespace([process.execPath, ...process.execArgv, ...process.argv.slice(1)], process.env);
}

/** What holds for the whole call. */
interface Start {
  readonly settings: Settings;
  readonly console: Console;
  readonly signal: AbortSignal;
  /** Starts this process anew as root of a user namespace, where that is needed. */
  readonly enter: () => Promise<void>;
}

/** Does what the words say. Never throws: errors are printed, and the exit code tells of them. */
export async function execute(
  words: readonly string[],
  console: Console,
  signal: AbortSignal,
  enter: () => Promise<void> = async () => {},
): Promise<number> {
  try {
    const { flags, positional, help } = parseArguments(words, GLOBAL_FLAGS, { flagsFirst: true });
    if (flags.bool("version")) {
      const { versionLine } = await import("./commands/version.ts");
      console.print(versionLine());
      return 0;
    }
    const asked = positional[0] === "help" ? [...positional.slice(1), "--help"] : [...positional, ...(help ? ["--help"] : [])];
    return await dispatch(asked, { settings: settingsOf(flags, console.env), console, signal, enter });
  } catch (error) {
    if (signal.aborted) return INTERRUPTED;
    if (error instanceof UsageError) return refuse(error, "\nRun 'slipway --help' for more information\n", console);
    return answer(error, "", false, console);
  }
}

async function dispatch(words: readonly string[], start: Start): Promise<number> {
  const [first = "--help", second = "--help"] = words;
  const found = findCommand(words);
  if (found) return callCommand(words.slice(0, found.length).join(" "), found.entry, words.slice(found.length), start);
  if (first === "--help") start.console.print(programHelp());
  else if (!Object.hasOwn(GROUPS, first)) {
    throw unknownCommand(first, meant(first, first));
  } else if (second === "--help" || second === "-h") start.console.print(groupHelp(first));
  else throw unknownCommand(`${first} ${second}`, meant(`${first} ${second}`, second));
  return 0;
}

/** What to do instead of a command that is not there; `verb` is the last word of its name. */
function meant(name: string, verb: string): string | undefined {
  if (Object.hasOwn(ELSEWHERE, verb)) return ELSEWHERE[verb];
  const nearest = suggest(
    name,
    COMMANDS.flatMap((entry) => entry.names),
  );
  return nearest && `did you mean slipway ${nearest}?`;
}

/** The command whose name the words begin with; the longer name wins. */
function findCommand(words: readonly string[]): { readonly entry: CommandEntry; readonly length: number } | undefined {
  for (const length of [2, 1]) {
    if (words.length < length) continue;
    const name = words.slice(0, length).join(" ");
    const entry = COMMANDS.find((candidate) => candidate.names.includes(name));
    if (entry) return { entry, length };
  }
  return undefined;
}

async function callCommand(name: string, entry: CommandEntry, words: readonly string[], start: Start): Promise<number> {
  const { console, signal } = start;
  const { command } = await entry.load();
  let settings = start.settings;
  try {
    const extra = EVERYWHERE.filter((flag) => !command.flags.some((own) => own.name === flag.name));
    const options = { flagsFirst: command.flagsFirst === true };
    const { flags, positional, help } = parseArguments(words, [...command.flags, ...extra], options);
    settings = withLocal(settings, flags, command);
    if (help) {
      console.print(commandHelp(name, entry, command));
      return 0;
    }
    const { min, max } = command.arguments;
    if (positional.length < min || positional.length > max) throw wrongArgumentCount(name, min, max);
    if (!command.asCaller) await start.enter();
    return await command.run({ name, flags, args: positional, settings, console, signal });
  } catch (error) {
    if (signal.aborted) return INTERRUPTED;
    if (error instanceof UsageError) return refuse(error, usageHint(name, command), console);
    const code = answer(error, command.errorPrefix ?? "Error response from daemon: ", settings.ownMessages, console);
    return code === BUG ? BUG : (command.errorCode ?? code);
  }
}

/** What was said behind the command counts more than what stands before it. */
function withLocal(before: Settings, flags: FlagValues, command: Command): Settings {
  const root = flags.has("root") ? flags.text("root") : undefined;
  return {
    ...before,
    ...(root ? { root } : {}),
    ownMessages: flags.has("own-messages") ? flags.bool("own-messages") : before.ownMessages,
    debug: before.debug || (command.flags.some((flag) => flag.name === "debug") && flags.bool("debug")),
  };
}

function refuse(error: UsageError, more: string, console: Console): number {
  console.error(`${error.message}\n${error.hint ? `  hint: ${error.hint}\n` : ""}${more}`);
  return error.exitCode;
}

/** Prints an error; an empty prefix stands for slipway's own form. */
function answer(error: unknown, prefix: string, ownMessages: boolean, console: Console): number {
  if (!(error instanceof SlipwayError)) {
    console.error(renderBug(error));
    return BUG;
  }
  console.error(ownMessages || prefix === "" ? renderError(error) : renderDockerError(error, prefix));
  return 1;
}
