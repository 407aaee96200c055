/** Layers on their way to or from a registry: a line for each change, as docker prints them without a terminal. */
import type { ProgressEvent } from "../core/index.ts";

export class LayerLines {
  readonly #print: (text: string) => void;
  readonly #said = new Set<string>();

  constructor(print: (text: string) => void) {
    this.#print = print;
  }

  on(event: ProgressEvent): void {
    if (event.type !== "status") return;
    const line = lineOf(event.what, event.done);
    if (this.#said.has(line)) return;
    this.#said.add(line);
    this.#print(`${line}\n`);
  }
}

/** `a1b2c3: Pushed` stays; a bare digest is a layer being pulled. */
function lineOf(what: string, done: boolean): string {
  const digest = /sha256:([0-9a-f]{12})/.exec(what)?.[1];
  return digest ? `${digest}: ${done ? "Pull complete" : "Pulling fs layer"}` : what;
}
