/** What a container has printed: a file of JSON lines in its folder, as Docker's json-file driver keeps it. */
import { appendFileSync, closeSync, openSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "../store/index.ts";
import { findContainer } from "./containers.ts";
import { containerNotLogged } from "./errors.ts";
import type { Workbench } from "./workbench.ts";

/** A piece of what a container has printed, at most a line. */
export interface LogLine {
  readonly stream: "stdout" | "stderr";
  readonly log: string;
  /** RFC 3339. */
  readonly time: string;
}

export interface LogOptions {
  /** Goes on until the container's process ends. */
  readonly follow?: boolean;
  /** Only so many lines from the end of what is there. */
  readonly tail?: number;
  /** Only what was printed from then on, and before; milliseconds since the epoch. */
  readonly since?: number;
  readonly until?: number;
  readonly signal?: AbortSignal;
}

const PATIENCE_MS = 100;

/** Begins the log of a container, and takes what its process prints. */
export function containerLog(store: Store, id: string): (stream: LogLine["stream"], data: Uint8Array) => void {
  const file = fileOf(store, id);
  writeFileSync(file, "", { mode: 0o600 });
  return (stream, data) => {
    const time = new Date().toISOString();
    const lines = Buffer.from(data)
      .toString("utf8")
      .split(/(?<=\n)/);
    appendFileSync(file, lines.map((log) => `${JSON.stringify({ log, stream, time })}\n`).join(""));
  };
}

/** What a container has printed. Throws CONTAINER_NOT_FOUND, CONTAINER_NOT_LOGGED. */
export async function* readContainerLog(bench: Workbench, name: string, options: LogOptions = {}): AsyncGenerator<LogLine> {
  const { id } = findContainer(bench, name);
  const log = openLog(bench.store, id, name);
  try {
    // Asked before reading: what is printed until the end is read below.
    let running = bench.store.containers.isRunning(id);
    const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = options;
    const wanted = (lines: LogLine[]): LogLine[] =>
      lines.filter(({ time }) => Date.parse(time) >= since && Date.parse(time) < until);
    const there = wanted(linesOf(log));
    yield* options.tail === undefined ? there : options.tail === 0 ? [] : there.slice(-options.tail);
    while (options.follow && running) {
      await sleep(PATIENCE_MS, undefined, options.signal ? { signal: options.signal } : {});
      running = bench.store.containers.isRunning(id);
      yield* wanted(linesOf(log));
    }
  } finally {
    closeSync(log.file);
  }
}

interface OpenLog {
  readonly file: number;
  /** A line that is not whole yet. */
  rest: Buffer;
}

function openLog(store: Store, id: string, name: string): OpenLog {
  try {
    return { file: openSync(fileOf(store, id), "r"), rest: Buffer.alloc(0) };
  } catch {
    throw containerNotLogged(name);
  }
}

/** The lines that have come since the last call. */
function linesOf(log: OpenLog): LogLine[] {
  const parts = [log.rest];
  const buffer = Buffer.alloc(1 << 16);
  for (let count = readSync(log.file, buffer); count > 0; count = readSync(log.file, buffer))
    parts.push(Buffer.from(buffer.subarray(0, count)));
  const bytes = Buffer.concat(parts);
  const end = bytes.lastIndexOf(0x0a) + 1;
  log.rest = bytes.subarray(end);
  const text = bytes.toString("utf8", 0, end);
  return text === ""
    ? []
    : text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as LogLine);
}

function fileOf(store: Store, id: string): string {
  return join(store.containers.home(id), "log.jsonl");
}
