/** A thread that does one job after the other. */
import { parentPort } from "node:worker_threads";
import { SlipwayError } from "../core/index.ts";
import { JOBS, type JobName } from "./jobs.ts";

parentPort?.on("message", async ({ name, argument }: { name: JobName; argument: never }) => {
  try {
    parentPort?.postMessage({ value: await JOBS[name](argument) });
  } catch (error) {
    const known = error instanceof SlipwayError ? { code: error.code, hint: error.hint } : undefined;
    const { message, stack, code } = error as NodeJS.ErrnoException;
    parentPort?.postMessage({ error: { message, stack, code, known } });
  }
});
