/** What a command is: a table for the parser and the help, and a function that does it. */
import type { Console } from "./console.ts";
import type { Flag, FlagValues } from "./flag.ts";

/** A command, as its own file declares it. */
export interface Command {
  /** What follows the name in the usage line, such as `[OPTIONS] IMAGE`. */
  readonly usage: string;
  readonly flags: readonly Flag[];
  readonly arguments: { readonly min: number; readonly max: number };
  /** Flags end at the first argument: what follows belongs to a program. */
  readonly flagsFirst?: boolean;
  /** Works without the store, so that who is not root stays who he is; the others begin as root of a user namespace. */
  readonly asCaller?: boolean;
  /** What stands before the message of an error; `Error response from daemon: ` if left out. */
  readonly errorPrefix?: string;
  /** Exit code of an error; 1 if left out. */
  readonly errorCode?: number;
  /** Ends with the exit code. What the user can mend is thrown. */
  run(call: Call): Promise<number>;
}

/** One call of a command. */
export interface Call {
  /** As the user wrote it, without the program: `image ls`. */
  readonly name: string;
  readonly flags: FlagValues;
  readonly args: readonly string[];
  readonly settings: Settings;
  readonly console: Console;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
}

/** What holds for all commands. */
export interface Settings {
  /** The store's folder. */
  readonly root: string;
  /** The folder of the client's configuration (config.json). */
  readonly configFolder: string;
  readonly debug: boolean;
  /** slipway's own form of errors instead of Docker's. */
  readonly ownMessages: boolean;
}

/** A command in the list of all, which is small: the command's own file is loaded when it is called. */
export interface CommandEntry {
  /** The canonical name first, then the other forms. */
  readonly names: readonly string[];
  readonly summary: string;
  load(): Promise<{ readonly command: Command }>;
}
