/** Which display a build gets. */
import type { ProgressEvent } from "../core/index.ts";
import { colorsOf } from "./colors.ts";
import type { Console } from "./console.ts";
import { badProgressMode } from "./errors.ts";
import { JsonProgress } from "./progress-json.ts";
import { PlainProgress } from "./progress-plain.ts";
import type { Trace } from "./progress-trace.ts";
import { TtyProgress } from "./progress-tty.ts";

/** Shows events as they come. */
export interface ProgressDisplay {
  on(event: ProgressEvent): void;
  /** Leaves the terminal to somebody else; the next event takes it back. */
  pause?(): void;
  /** Shows the rest. Nothing may come afterwards. */
  end(): void;
}

/** What was asked for: flag first, then BUILDKIT_PROGRESS, then `auto`. Throws PROGRESS_MODE_INVALID. */
export function progressMode(flag: string | undefined, quiet: boolean, console: Console): string {
  const mode = flag ?? (quiet ? "quiet" : console.env["BUILDKIT_PROGRESS"] || "auto");
  if (!["auto", "plain", "tty", "quiet", "none", "rawjson"].includes(mode)) throw badProgressMode(mode);
  return mode === "auto" ? (console.terminal("stderr") ? "tty" : "plain") : mode;
}

/** The display of a mode that `progressMode` gave. It writes to stderr. */
export function openProgress(mode: string, trace: Trace, console: Console): ProgressDisplay {
  const write = (text: string): void => console.error(text);
  if (mode === "plain") return new PlainProgress(trace, write);
  if (mode === "rawjson") return joined(new JsonProgress(write), trace);
  if (mode !== "tty") return { on: (event) => void trace.take(event), end: () => {} };
  const lines = Number(console.env["BUILDKIT_TTY_LOG_LINES"] ?? "6");
  const screen = {
    write,
    columns: () => console.terminal("stderr")?.columns ?? 80,
    rows: () => console.terminal("stderr")?.rows ?? 24,
  };
  return new TtyProgress(trace, screen, {
    colors: colorsOf(console.env),
    logLines: Number.isInteger(lines) && lines >= 0 ? lines : 6,
    label: "slipway",
    now: Date.now,
  });
}

function joined(display: ProgressDisplay, trace: Trace): ProgressDisplay {
  const on = (event: ProgressEvent): void => {
    trace.take(event);
    display.on(event);
  };
  return { on, end: () => display.end() };
}
