/** What is known of a build while it runs: its vertices in order of appearance, and the lines they wrote. */
import { StringDecoder } from "node:string_decoder";
import type { ProgressEvent } from "../core/index.ts";
import { changeLine } from "./change-line.ts";

/** A part of a vertex, such as a layer on its way. */
export interface TracedStatus {
  readonly what: string;
  current: number;
  total: number;
  readonly started: number;
  /** Milliseconds since the epoch of the last word of it. */
  time: number;
  done: boolean;
}

/** A vertex as displays see it. */
export interface TracedVertex {
  /** Counted from 1 in order of appearance. */
  readonly number: number;
  readonly name: string;
  readonly started: number;
  ended: number | undefined;
  state: "running" | "cached" | "done" | "failed";
  error: string | undefined;
  why: string | undefined;
  readonly statuses: Map<string, TracedStatus>;
  /** The last lines, each with the seconds since the vertex began. */
  readonly tail: string[];
  /** How many lines there were in all. */
  lines: number;
}

/** How many lines of each vertex are remembered, as in BuildKit. */
const TAIL = 10;
/** A longer piece without a line break is taken for a line. */
const LONGEST = 64 * 1024;

/** Receives all events; a display asks it what to show. */
export class Trace {
  readonly vertices: Map<string, TracedVertex> = new Map();
  readonly warnings: string[] = [];
  /** The number under which the build is remembered. */
  build: number | undefined;
  readonly #partial = new Map<string, { readonly decoder: StringDecoder; text: string }>();

  /** Takes one event in. Returns its vertex, and the lines that were completed by it. */
  take(event: ProgressEvent): { vertex: TracedVertex | undefined; lines: readonly string[] } {
    if (event.type === "build") this.build = event.number;
    if (event.type === "result" || event.type === "build") return { vertex: undefined, lines: [] };
    if (event.type === "warning") {
      this.warnings.push(`${event.rule}: ${event.message} (line ${event.range.start.line})`);
      return { vertex: undefined, lines: [] };
    }
    const vertex = this.#vertexOf(event);
    if (event.type === "status") {
      takeStatus(vertex, event);
      return { vertex, lines: [] };
    }
    const lines = event.type === "output" ? this.#complete(vertex, event) : this.#takeState(vertex, event);
    return { vertex, lines };
  }

  /** Vertices that are at work, oldest first. */
  running(): TracedVertex[] {
    return [...this.vertices.values()].filter((vertex) => vertex.state === "running");
  }

  /** Vertices that have ended. */
  get ended(): number {
    let count = 0;
    for (const vertex of this.vertices.values()) if (vertex.state !== "running") count++;
    return count;
  }

  #vertexOf(event: { id: string; time: number; type: string; name?: string }): TracedVertex {
    const known = this.vertices.get(event.id);
    if (known) return known;
    const vertex: TracedVertex = {
      number: this.vertices.size + 1,
      name: event.name ?? event.id,
      started: event.time,
      ended: undefined,
      state: "running",
      error: undefined,
      why: undefined,
      statuses: new Map(),
      tail: [],
      lines: 0,
    };
    this.vertices.set(event.id, vertex);
    return vertex;
  }

  #takeState(vertex: TracedVertex, event: Extract<ProgressEvent, { type: "vertex" }>): string[] {
    vertex.state = event.state;
    vertex.why = (event.why && changeLine(event.why)) ?? vertex.why;
    if (event.state === "running") return [];
    vertex.ended = event.time;
    vertex.error = event.error ?? vertex.error;
    const rests: string[] = [];
    for (const stream of ["stdout", "stderr"]) {
      const partial = this.#partial.get(`${event.id} ${stream}`);
      const rest = partial ? partial.text + partial.decoder.end() : "";
      if (rest !== "") rests.push(rest);
      this.#partial.delete(`${event.id} ${stream}`);
    }
    return remember(vertex, rests, event.time);
  }

  #complete(vertex: TracedVertex, event: Extract<ProgressEvent, { type: "output" }>): string[] {
    const key = `${event.id} ${event.stream}`;
    const partial = this.#partial.get(key) ?? { decoder: new StringDecoder("utf8"), text: "" };
    this.#partial.set(key, partial);
    const pieces = (partial.text + partial.decoder.write(Buffer.from(event.data))).split("\n");
    partial.text = pieces.pop() ?? "";
    if (partial.text.length > LONGEST) {
      pieces.push(partial.text);
      partial.text = "";
    }
    return remember(vertex, pieces, event.time);
  }
}

function remember(vertex: TracedVertex, pieces: readonly string[], time: number): string[] {
  const prefix = seconds((time - vertex.started) / 1000);
  const lines = pieces.map((piece) => `${prefix} ${piece.endsWith("\r") ? piece.slice(0, -1) : piece}`);
  vertex.lines += lines.length;
  vertex.tail.push(...lines.slice(-TAIL));
  if (vertex.tail.length > TAIL) vertex.tail.splice(0, vertex.tail.length - TAIL);
  return lines;
}

function takeStatus(vertex: TracedVertex, event: Extract<ProgressEvent, { type: "status" }>): void {
  const status = vertex.statuses.get(event.what) ?? {
    what: event.what,
    current: 0,
    total: 0,
    started: event.time,
    time: event.time,
    done: false,
  };
  status.current = event.current ?? status.current;
  status.total = event.total ?? status.total;
  status.time = event.time;
  status.done = event.done;
  vertex.statuses.set(event.what, status);
}

/** Five characters, as BuildKit writes the time before a line: `0.222`, `12.34`, `123.4`. */
function seconds(value: number): string {
  return Math.max(0, value).toFixed(3).slice(0, 5).replace(/\.$/, "");
}

/** Bytes with two digits after the point: `2B`, `1.30kB`, `5.24MB`. */
export function traceBytes(bytes: number): string {
  let value = bytes;
  for (const unit of ["B", "kB", "MB", "GB"]) {
    if (value < 1000) return unit === "B" ? `${value}B` : `${value.toFixed(2)}${unit}`;
    value /= 1000;
  }
  return `${value.toFixed(2)}TB`;
}

/** How far a status is: ` 1.30kB / 5.24MB`, ` 2B`, or nothing. */
export function statusBytes(status: TracedStatus): string {
  if (status.total > 0) return ` ${traceBytes(status.current)} / ${traceBytes(status.total)}`;
  return status.current > 0 ? ` ${traceBytes(status.current)}` : "";
}

/** Whether a vertex did not fail itself, but was stopped with the build. */
export function isCanceled(vertex: TracedVertex): boolean {
  return vertex.state === "failed" && /(aborted|canceled)$/.test(vertex.error ?? "");
}
