/** The terminal, the environment and the standard streams, as commands see them; tests bring their own. */
import type { Readable, Writable } from "node:stream";

/** Size of a terminal in characters. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
}

export interface Console {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** For bytes; text goes through `print`. */
  readonly stdout: Writable;
  /** Writes a result to stdout, as it is. */
  print(text: string): void;
  /** Writes to stderr what is no result, as it is. */
  error(text: string): void;
  /** From now on signals go to the listener and no longer end the call. Tests send none. */
  readonly takeSignals?: (names: readonly NodeJS.Signals[], listener: (name: NodeJS.Signals) => void) => void;
  /** The words that started this process; undefined where it was not started for this call alone. */
  readonly command?: readonly string[];
  /** The size of the terminal that a stream is, or undefined if it is none. */
  terminal(stream: "stdout" | "stderr"): Terminal | undefined;
}

/** The streams of this process. A reader who goes away ends it quietly. */
export function processConsole(): Console {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      // 141 is what a shell reports of a program that SIGPIPE ended.
      if (error.code === "EPIPE") process.exit(141);
      throw error;
    });
  }
  return {
    env: process.env,
    stdin: process.stdin,
    command: [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    stdout: process.stdout,
    print: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    takeSignals: (names, listener) => {
      for (const name of names) process.removeAllListeners(name).on(name, () => listener(name));
    },
    terminal: (name) => {
      const stream = process[name];
      return stream.isTTY ? { columns: stream.columns ?? 80, rows: stream.rows ?? 24 } : undefined;
    },
  };
}
