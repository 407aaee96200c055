/** Keeps of a build what can be looked at afterwards. */
import { resolve } from "node:path";
import { type OnProgress, type ProgressEvent, SlipwayError } from "../core/index.ts";
import type { Build, BuildStep, BuildWarning, Store } from "../store/index.ts";
import { inputsOf } from "./build-inputs.ts";
import type { BuildOptions, BuildResult } from "./build-options.ts";
import { isRemote } from "./context-remote.ts";
import type { Workbench } from "./workbench.ts";

/** Does a build and keeps a record of it, however it ends. Progress is passed on, with the number of the build before all else. */
export async function recorded(
  bench: Workbench,
  options: BuildOptions,
  work: (progress: OnProgress) => Promise<BuildResult>,
): Promise<BuildResult> {
  const told = options.onProgress ?? (() => {});
  const recorder = new Recorder(bench.store, options);
  told({ type: "build", number: recorder.number });
  try {
    const result = await work((event) => {
      recorder.on(event);
      told(event);
    });
    recorder.end("done", { used: result.used });
    return result;
  } catch (error) {
    const trouble = error instanceof SlipwayError ? { error: { code: error.code, message: error.message } } : {};
    recorder.end(options.signal?.aborted ? "canceled" : "failed", trouble);
    throw error;
  }
}

type Mutable<T> = { -readonly [P in keyof T]: T[P] };

class Recorder {
  readonly number: number;
  readonly #store: Store;
  readonly #build: Omit<Build, "number" | "state" | "steps" | "warnings">;
  readonly #steps = new Map<string, Mutable<BuildStep>>();
  readonly #warnings: BuildWarning[] = [];
  #image: Pick<Build, "image"> = {};

  constructor(store: Store, options: BuildOptions) {
    const { context, file, target, tags = [], cwd = process.cwd() } = options;
    const inputs = inputsOf(options);
    this.#store = store;
    this.#build = {
      started: Date.now(),
      pid: process.pid,
      context: typeof context !== "string" ? "-" : isRemote(context) ? context : resolve(cwd, context),
      ...(file === undefined ? {} : { file: typeof file === "string" ? file : "-" }),
      ...(target === undefined ? {} : { target }),
      ...(inputs === undefined ? {} : { inputs }),
      names: tags,
    };
    this.number = store.builds.add({ ...this.#build, state: "running", steps: [], warnings: [] });
  }

  on(event: ProgressEvent): void {
    if (event.type === "build") return;
    if (event.type === "warning") {
      this.#warnings.push({ rule: event.rule, message: event.message, line: event.range.start.line });
    } else if (event.type === "result") {
      this.#image = { image: event.image };
    } else if (event.type === "output") {
      const step = this.#step(event);
      // So the log of a build that is still at work, or was killed, belongs to a step.
      if (step.logBytes === 0) this.#keep("running");
      step.logBytes += event.data.length;
      this.#store.builds.appendLog(this.number, step.number, event.data);
    } else if (event.type === "vertex") {
      takeState(this.#step(event), event);
    } else this.#step(event);
  }

  end(state: Build["state"], more: Pick<Build, "used" | "error">): void {
    this.#keep(state, { ended: Date.now(), ...this.#image, ...more });
  }

  #keep(state: Build["state"], more: Partial<Build> = {}): void {
    const steps = [...this.#steps.values()];
    this.#store.builds.update({ number: this.number, state, ...this.#build, ...more, steps, warnings: this.#warnings });
  }

  #step(event: { readonly id: string; readonly time: number; readonly name?: string }): Mutable<BuildStep> {
    const known = this.#steps.get(event.id);
    if (known) return known;
    const number = this.#steps.size + 1;
    const step: Mutable<BuildStep> = { number, name: event.name ?? event.id, state: "running", started: event.time, logBytes: 0 };
    this.#steps.set(event.id, step);
    return step;
  }
}

function takeState(step: Mutable<BuildStep>, event: Extract<ProgressEvent, { type: "vertex" }>): void {
  const isCanceled = event.state === "failed" && /(aborted|canceled)$/.test(event.error ?? "");
  step.state = isCanceled ? "canceled" : event.state;
  if (event.why) step.why = event.why;
  if (event.state === "running") return;
  step.ended = event.time;
  if (event.key) step.key = event.key;
  if (event.error && !isCanceled) step.error = event.error;
}
