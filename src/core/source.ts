/** A text the user wrote, and stretches of it. */
export interface SourceText {
  /** What the user calls it, such as `docker/Dockerfile`. */
  readonly name: string;
  readonly text: string;
}

/** A place in a text. Lines and columns start at 1; columns count UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A stretch of a text; `end` is exclusive. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** The whole of the lines `first` to `last`, both inclusive. */
export function lineRange(first: number, last: number): Range {
  return { start: { line: first, column: 1 }, end: { line: last + 1, column: 1 } };
}
