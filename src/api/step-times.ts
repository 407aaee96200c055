/** How long the steps of a build took, as its progress tells. */
import type { ProgressEvent } from "../core/index.ts";

export class StepTimes {
  readonly #started = new Map<string, number>();
  readonly #seconds = new Map<string, number>();

  on(event: ProgressEvent): void {
    if (event.type !== "vertex") return;
    const { name, state, time } = event;
    const started = this.#started.get(name);
    if (state === "running") this.#started.set(name, started ?? time);
    else if (state === "done" && started !== undefined) this.#seconds.set(name, (time - started) / 1000);
  }

  /** Of the step with this name in the progress; undefined if it was not done, such as one from the cache. */
  secondsOf(name: string): number | undefined {
    return this.#seconds.get(name);
  }
}
