/**
 * Progress on a terminal: a table of steps that is painted over in place.
 *
 * A frame is one write, begins by moving up over the last one and clears each line
 * only behind its text, so nothing is ever seen empty.
 */
import type { ProgressEvent } from "../core/index.ts";
import type { Colors } from "./colors.ts";
import { isCanceled, statusBytes, type Trace, type TracedVertex } from "./progress-trace.ts";
import { fitWidth, flattenText, textWidth } from "./text-width.ts";

/** The terminal a display paints on. */
export interface Screen {
  write(text: string): void;
  columns(): number;
  rows(): number;
}

export interface TtyOptions {
  readonly colors: Colors;
  /** Lines of output that are shown below a step; 6 with BuildKit. */
  readonly logLines: number;
  /** Shown at the right end of the first line. */
  readonly label: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const FRAME_MS = 100;

export class TtyProgress {
  readonly #trace: Trace;
  readonly #screen: Screen;
  readonly #options: TtyOptions;
  readonly #started: number;
  #timer: NodeJS.Timeout | undefined;
  #painted = 0;
  #shown = "";

  constructor(trace: Trace, screen: Screen, options: TtyOptions) {
    this.#trace = trace;
    this.#screen = screen;
    this.#options = options;
    this.#started = options.now();
  }

  /** Takes the event in; it is seen with the next frame. */
  on(event: ProgressEvent): void {
    this.#trace.take(event);
    this.#timer ??= setInterval(() => this.paint(false), FRAME_MS).unref();
  }

  /** Paints what is known and leaves the cursor below it; the next frame begins anew. */
  pause(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.paint(false);
    this.#painted = 0;
  }

  /** Paints the last frame, with all steps, and leaves the cursor below it. */
  end(): void {
    clearInterval(this.#timer);
    this.paint(true);
  }

  /** One frame. All steps are in it if it is the last. */
  paint(last: boolean): void {
    const width = Math.max(20, this.#screen.columns());
    const steps = [...this.#trace.vertices.values()].map((vertex) => this.#step(vertex, width));
    const room = Math.max(3, this.#screen.rows() - 2);
    const lines = [
      this.#head(width, last),
      ...(last ? steps.flat() : fitHeight(steps, [...this.#trace.vertices.values()], room)),
    ];
    if (last && steps.length === 0) return;
    const text = lines.map((line) => `${line}\u001b[K\n`).join("");
    if (text === this.#shown && !last) return;
    const up = this.#painted > 0 ? `\u001b[${this.#painted}A\r` : "";
    const below = this.#painted > lines.length ? "\u001b[J" : "";
    this.#screen.write(`\u001b[?25l${up}${text}${below}\u001b[?25h`);
    this.#painted = lines.length;
    this.#shown = text;
  }

  #head(width: number, last: boolean): string {
    const seconds = ((this.#options.now() - this.#started) / 1000).toFixed(1);
    const counts = `(${this.#trace.ended}/${this.#trace.vertices.size})`;
    return align(`[+] Building ${seconds}s ${counts}${last ? " FINISHED" : ""}`, this.#options.label, width);
  }

  #step(vertex: TracedVertex, width: number): string[] {
    const { colors } = this.#options;
    const seconds = `${(((vertex.ended ?? this.#options.now()) - vertex.started) / 1000).toFixed(1)}s`;
    const word =
      vertex.state === "cached" ? "CACHED " : isCanceled(vertex) ? "CANCELED " : vertex.state === "failed" ? "ERROR " : "";
    const color = isCanceled(vertex)
      ? colors.cancel
      : vertex.state === "failed"
        ? colors.error
        : vertex.state === "running"
          ? ""
          : colors.run;
    const lines = [painted(align(` => ${word}${flattenText(vertex.name)}`, seconds, width), color, colors)];
    if (vertex.why) lines.push(painted(align(` => => why: ${flattenText(vertex.why)}`, "", width), colors.faint, colors));
    for (const status of vertex.statuses.values()) {
      if (vertex.state === "cached") break;
      const took = `${((status.time - status.started) / 1000).toFixed(1)}s`;
      lines.push(
        painted(
          align(` => => ${flattenText(status.what)}${statusBytes(status)}`, took, width),
          status.done ? colors.run : "",
          colors,
        ),
      );
    }
    if (vertex.state !== "running" || this.#options.logLines === 0) return lines;
    for (const line of vertex.tail.slice(-this.#options.logLines)) {
      lines.push(
        painted(fitWidth(` => => # ${flattenText(line.slice(line.indexOf(" ") + 1))}`, width - 1), colors.faint, colors),
      );
    }
    return lines;
  }
}

function painted(text: string, color: string, colors: Colors): string {
  return color === "" ? text : `${color}${text}${colors.reset}`;
}

/** `left`, cut with `...` where it must be, and `right` at the end of the line. */
function align(left: string, right: string, width: number): string {
  const room = width - 1 - (right === "" ? 0 : textWidth(right) + 1);
  const cut = textWidth(left) > room ? `${fitWidth(left, room - 3).trimEnd()}...` : left;
  return `${fitWidth(cut, room)}${right === "" ? "" : ` ${right}`}`;
}

/** Steps that fit into so many lines: those at work first, then the latest that ended; in their order. */
function fitHeight(steps: readonly string[][], vertices: readonly TracedVertex[], room: number): string[] {
  const wanted = steps.map((lines, i) => ({ lines, i, running: vertices[i]?.state === "running" }));
  wanted.sort((a, b) => Number(b.running) - Number(a.running) || b.i - a.i);
  let left = room;
  const kept = wanted.filter(({ lines }) => {
    left -= lines.length;
    return left >= 0;
  });
  return kept.sort((a, b) => a.i - b.i).flatMap(({ lines }) => lines);
}
