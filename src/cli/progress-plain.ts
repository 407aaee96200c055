/**
 * Progress for logs, in the form of BuildKit's plain printer.
 *
 * One vertex at a time has the floor. Another one gets it when the first has ended,
 * has itself ended, or has waited for long; a vertex that loses the floor is left
 * with `#N ...` and is named again when it comes back.
 */
import type { ProgressEvent } from "../core/index.ts";
import { isCanceled, statusBytes, type Trace, type TracedVertex } from "./progress-trace.ts";

/** A vertex keeps the floor this long although others have something to say. */
const FLOOR_MS = 5000;
/** A status that goes on is told of again after so long. */
const STATUS_MS = 5000;

export class PlainProgress {
  readonly #trace: Trace;
  readonly #write: (text: string) => void;
  /** What was said without the floor, by vertex. */
  readonly #waiting = new Map<TracedVertex, string[]>();
  readonly #told = new Map<string, number>();
  #floor: TracedVertex | undefined;
  #floorSince = 0;
  #first = true;

  constructor(trace: Trace, write: (text: string) => void) {
    this.#trace = trace;
    this.#write = write;
  }

  /** Prints what the event brought, now or when its vertex gets the floor. */
  on(event: ProgressEvent): void {
    const { vertex, lines } = this.#trace.take(event);
    if (event.type === "warning") this.#warn();
    if (!vertex || event.type === "warning" || event.type === "result" || event.type === "build") return;
    const said = [...lines];
    if (event.type === "status") said.push(...this.#status(vertex, event.what, event.time));
    if (event.type === "vertex" && event.state === "running" && vertex.why) said.push(`why: ${vertex.why}`);
    const waiting = this.#waiting.get(vertex) ?? [];
    waiting.push(...said);
    this.#waiting.set(vertex, waiting);

    if (vertex.state !== "running") {
      if (event.type === "vertex") this.#close(vertex, event.time);
    } else if (!this.#floor || this.#floor === vertex || (event.time - this.#floorSince > FLOOR_MS && said.length > 0)) {
      this.#speak(vertex, event.time);
    }
  }

  /** Says what is still waiting. */
  end(): void {
    for (const [vertex, waiting] of this.#waiting) if (waiting.length > 0) this.#speak(vertex, this.#floorSince);
  }

  #speak(vertex: TracedVertex, time: number): void {
    let text = "";
    if (this.#floor !== vertex) {
      if (this.#floor) text += `#${this.#floor.number} ...\n`;
      text += `${this.#first ? "" : "\n"}#${vertex.number} ${vertex.name}\n`;
      this.#first = false;
      this.#floor = vertex;
      this.#floorSince = time;
    }
    for (const line of this.#waiting.get(vertex) ?? []) text += `#${vertex.number} ${line}\n`;
    this.#waiting.delete(vertex);
    if (text !== "") this.#write(text);
  }

  #close(vertex: TracedVertex, time: number): void {
    this.#speak(vertex, time);
    this.#write(`#${vertex.number} ${outcome(vertex)}\n`);
    this.#floor = undefined;
    const next = this.#trace.running().find((other) => this.#waiting.has(other));
    if (next) this.#speak(next, time);
  }

  #status(vertex: TracedVertex, what: string, time: number): string[] {
    const status = vertex.statuses.get(what);
    if (!status) return [];
    const key = `${vertex.number} ${what}`;
    const told = this.#told.get(key) ?? status.started;
    if (!status.done && time - told < STATUS_MS) return [];
    this.#told.set(key, time);
    const took = (time - status.started) / 1000;
    return [`${what}${statusBytes(status)}${took > 0.01 ? ` ${took.toFixed(1)}s` : ""}${status.done ? " done" : ""}`];
  }

  /** Warnings belong to the reading of the Dockerfile, which is the first thing a build does. */
  #warn(): void {
    const first = [...this.#trace.vertices.values()].find((vertex) => vertex.name.startsWith("[internal] load build definition"));
    if (first) this.#write(`#${first.number} WARN: ${this.#trace.warnings.at(-1)}\n`);
  }
}

function outcome(vertex: TracedVertex): string {
  if (isCanceled(vertex)) return "CANCELED";
  if (vertex.state === "failed") return `ERROR: ${vertex.error ?? "failed"}`;
  if (vertex.state === "cached") return "CACHED";
  return `DONE ${(((vertex.ended ?? vertex.started) - vertex.started) / 1000).toFixed(1)}s`;
}
