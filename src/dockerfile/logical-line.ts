/** A line as the parser sees it, put together from the lines of the file that continue each other. */
import type { Position, Range } from "../core/index.ts";

/** Where a stretch of the joined text stands in the file. */
interface Segment {
  readonly offset: number;
  readonly position: Position;
}

/** A stretch of a logical line. `text` may differ from what was written where quotes or escapes went. */
export interface Piece {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export class LogicalLine {
  readonly text: string;
  readonly #segments: readonly Segment[];

  constructor(text: string, segments: readonly Segment[]) {
    this.text = text;
    this.#segments = segments;
  }

  /** Where the character at `offset` of the joined text stands in the file. */
  positionOf(offset: number): Position {
    let low = 0;
    let high = this.#segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#segments[middle] as Segment).offset <= offset) low = middle;
      else high = middle - 1;
    }
    const segment = this.#segments[low];
    if (!segment) return { line: 1, column: 1 };
    return { line: segment.position.line, column: segment.position.column + offset - segment.offset };
  }

  rangeOf({ start, end }: { readonly start: number; readonly end: number }): Range {
    const last = this.positionOf(Math.max(start, end - 1));
    return { start: this.positionOf(start), end: { line: last.line, column: last.column + (end > start ? 1 : 0) } };
  }

  /** The part of the line from `start` on, for an instruction inside another (ONBUILD). */
  from(start: number): LogicalLine {
    const segments = this.#segments.filter((_, i) => {
      const next = this.#segments[i + 1];
      return !next || next.offset > start;
    });
    const moved = segments.map(({ offset, position }) => {
      const cut = Math.max(0, start - offset);
      return { offset: offset + cut - start, position: { line: position.line, column: position.column + cut } };
    });
    return new LogicalLine(this.text.slice(start), moved);
  }
}
