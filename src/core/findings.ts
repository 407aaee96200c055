/** Errors that are gathered while work goes on, so that all of a file can be told at once. */
import { allErrors, SlipwayError } from "./errors.ts";

/** Nobody reads further than this. */
const MOST_ERRORS = 100;

export class Findings {
  readonly #errors: SlipwayError[] = [];

  get count(): number {
    return this.#errors.length;
  }

  get none(): boolean {
    return this.#errors.length === 0;
  }

  /** So many were found that looking for more is of no use. */
  get full(): boolean {
    return this.#errors.length >= MOST_ERRORS;
  }

  add(error: SlipwayError): void {
    this.#errors.push(error);
  }

  /** What `work` gives, or undefined if it threw a SlipwayError, which is kept. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#keep(error);
      return undefined;
    }
  }

  /** The same for work that takes its time. */
  async attemptLater<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#keep(error);
      return undefined;
    }
  }

  /** Whether an error of this code was found. */
  has(code: string): boolean {
    return this.#errors.some((error) => error.code === code);
  }

  /** Throws the first by its place, with the others as its `others`; nothing if there is none. */
  throwAny(): void {
    if (this.none) return;
    throw allErrors(this.#errors.sort((a, b) => lineOf(a) - lineOf(b)));
  }

  #keep(error: unknown): void {
    if (!(error instanceof SlipwayError)) throw error;
    this.add(error);
  }
}

function lineOf(error: SlipwayError): number {
  return error.range?.start.line ?? 0;
}
