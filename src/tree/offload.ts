/**
 * Long jobs over files, done in threads.
 *
 * Synchronous file calls cost a fifth of the processor time of asynchronous ones, but
 * they hold up whoever makes them; so they are made elsewhere. As many threads as
 * processors; a job waits for a free one. A thread whose job is aborted is ended. A job
 * that is small is done at once, without a thread.
 */
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { Worker } from "node:worker_threads";
import { Limit, SlipwayError } from "../core/index.ts";
import type { JobName, Jobs } from "./jobs.ts";
import { isSmall } from "./weigh.ts";

interface Failure {
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
  readonly known?: { readonly code: string; readonly hint?: string };
}

const limit: Limit = new Limit(cpus().length);
const idle: Worker[] = [];

/** What a job comes to. */
type Result<N extends JobName> = Awaited<ReturnType<Jobs[N]>>;

/** Does a job, in a thread unless it is small. Rejects with the job's error, or with the reason of `signal`. */
export async function offload<N extends JobName>(
  name: N,
  argument: Parameters<Jobs[N]>[0],
  signal?: AbortSignal,
): Promise<Result<N>> {
  if (isSmall[name]?.(argument)) {
    signal?.throwIfAborted();
    const { JOBS } = await import("./jobs.ts");
    return (await JOBS[name](argument as never)) as Result<N>;
  }
  return limit.run(async (): Promise<Result<N>> => {
    signal?.throwIfAborted();
    const worker = idle.pop() ?? startWorker();
    worker.ref();
    try {
      const value = await answerOf(worker, { name, argument }, signal);
      worker.unref();
      idle.push(worker);
      return value as Result<N>;
    } catch (error) {
      await worker.terminate();
      throw error;
    }
  });
}

/** From source the thread needs the same loader as this one; a bundle has its own file for it. */
function startWorker(): Worker {
  if (!import.meta.url.endsWith(".ts")) return new Worker(new URL("./worker.js", import.meta.url));
  const [loader, file] = [createRequire(import.meta.url).resolve("tsx/esm/api"), new URL("./worker.ts", import.meta.url).href];
  return new Worker(
    `import(${JSON.stringify(loader)}).then((api) => { api.register(); return import(${JSON.stringify(file)}); })`,
    { eval: true },
  );
}

function answerOf(worker: Worker, job: unknown, signal: AbortSignal | undefined): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const clean = (): void => {
      worker.off("message", onMessage);
      worker.off("error", onError);
      signal?.removeEventListener("abort", onAbort);
    };
    const onMessage = ({ value, error }: { value?: unknown; error?: Failure }): void => {
      clean();
      if (error) reject(revived(error));
      else resolve(value);
    };
    const onError = (error: Error): void => {
      clean();
      reject(error);
    };
    const onAbort = (): void => {
      clean();
      reject(signal?.reason);
    };
    worker.on("message", onMessage);
    worker.on("error", onError);
    signal?.addEventListener("abort", onAbort, { once: true });
    worker.postMessage(job);
  });
}

function revived({ message, stack, code, known }: Failure): Error {
  if (known) return new SlipwayError(message, { code: known.code, hint: known.hint });
  const error = Object.assign(new Error(message), { code });
  if (stack) error.stack = stack;
  return error;
}
