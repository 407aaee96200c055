/**
 * Sparse files in a tar, in GNU's forms: the content has only the pieces that are no holes.
 *
 * Old GNU has the map of the pieces in the header, pax 0.0 and 0.1 in records, pax 1.0 as
 * decimal lines before the content (GNU tar manual, "Storing Sparse Files").
 */
import { tarDamaged } from "./errors.ts";
import { padding } from "./tar-header.ts";

/** What a header says of a sparse file. */
export interface Sparse {
  /** Bytes of the file, holes and all. */
  readonly size: number;
  /** Offset and length of each piece in turn; left out if they come before the content. */
  readonly map: number[] | undefined;
}

/** Takes a file whose content comes in pieces. */
export interface HoleySink {
  write(chunk: Buffer): void;
  /** So many zeros that nobody wrote. */
  hole(length: number): void;
  end(): void;
}

/** Most pieces of one file. */
const MOST_PIECES = 1 << 22;

/** Puts the pieces where they belong. */
export class SparseBody {
  readonly #sink: HoleySink;
  readonly #size: number;
  #map: number[] | undefined;
  #reader: MapReader | undefined;
  #skip = 0;
  /** The next number of the map. */
  #next = 0;
  #position = 0;
  #left = 0;

  constructor({ size, map }: Sparse, sink: HoleySink) {
    this.#sink = sink;
    this.#size = size;
    this.#map = map;
    if (map) checkMap(map, size);
    else this.#reader = new MapReader();
  }

  /** Throws TAR_DAMAGED. */
  write(chunk: Buffer): void {
    let at = 0;
    if (this.#reader) {
      at = this.#reader.read(chunk);
      if (!this.#reader.done) return;
      this.#map = this.#reader.map;
      this.#skip = padding(this.#reader.bytes);
      this.#reader = undefined;
      checkMap(this.#map, this.#size);
    }
    const skipped = Math.min(this.#skip, chunk.length - at);
    this.#skip -= skipped;
    at += skipped;
    while (at < chunk.length) {
      this.#seek();
      if (this.#left === 0) throw tarDamaged("a sparse file has more content than its map says");
      const end = Math.min(chunk.length, at + this.#left);
      this.#sink.write(chunk.subarray(at, end));
      this.#position += end - at;
      this.#left -= end - at;
      at = end;
    }
  }

  /** Throws TAR_DAMAGED. */
  end(): void {
    if (!this.#map) throw tarDamaged("the map of a sparse file is cut off");
    this.#seek();
    if (this.#left > 0) throw tarDamaged("a sparse file has less content than its map says");
    if (this.#position < this.#size) this.#sink.hole(this.#size - this.#position);
    this.#sink.end();
  }

  /** Goes on to the next piece that is not empty. */
  #seek(): void {
    const map = this.#map ?? [];
    while (this.#left === 0 && this.#next < map.length) {
      const [offset = 0, length = 0] = [map[this.#next], map[this.#next + 1]];
      this.#next += 2;
      if (length === 0) continue;
      if (offset > this.#position) this.#sink.hole(offset - this.#position);
      this.#position = offset;
      this.#left = length;
    }
  }
}

/** The map of pax 1.0: how many pieces, then their numbers, each on a line. */
class MapReader {
  readonly map: number[] = [];
  bytes = 0;
  done = false;
  #number: number | undefined;
  #wanted: number | undefined;

  /** How many bytes of the chunk belong to the map. */
  read(chunk: Buffer): number {
    for (const [index, byte] of chunk.entries()) {
      this.bytes++;
      if (byte >= 0x30 && byte <= 0x39) this.#number = (this.#number ?? 0) * 10 + byte - 0x30;
      else if (byte === 0x0a && this.#number !== undefined) this.#take(this.#number);
      else throw tarDamaged("the map of a sparse file cannot be read");
      if (this.done) return index + 1;
    }
    return chunk.length;
  }

  #take(number: number): void {
    this.#number = undefined;
    if (this.#wanted !== undefined) this.map.push(number);
    else if (number > MOST_PIECES) throw tarDamaged("a sparse file has too many pieces");
    else this.#wanted = number * 2;
    this.done = this.map.length === this.#wanted;
  }
}

/** Pieces are in order, do not overlap and end within the file. */
function checkMap(map: readonly number[], size: number): void {
  let end = 0;
  for (let at = 0; at < map.length; at += 2) {
    const [offset = 0, length] = [map[at], map[at + 1]];
    if (length === undefined || !Number.isSafeInteger(offset + length) || length < 0 || offset < end || offset + length > size)
      throw tarDamaged("the map of a sparse file is none");
    end = offset + length;
  }
  if (map.length > MOST_PIECES * 2) throw tarDamaged("a sparse file has too many pieces");
}
