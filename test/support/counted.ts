/** What the command does besides its result: files opened, processes and threads started, bytes hashed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Place, program, run } from "./slipway.ts";

export interface Counted {
  /** Paths, once for each time. */
  readonly opened: readonly string[];
  /** Programs. */
  readonly processes: readonly string[];
  readonly threads: number;
  readonly hashedBytes: number;
}

let uses = 0;

/** Runs the command in a place, counting. Throws if it fails. */
export async function counted(place: Place, words: readonly string[], root: string = place.root): Promise<Counted> {
  const file = join(place.folder, `calls-${uses++}`);
  const script = join(import.meta.dirname, "count-calls.cjs");
  const env = [`COUNT_CALLS=${file}`, `NODE_OPTIONS=--require=${script}`];
  const { code, stderr } = await run(["env", ...env, program, "--root", root, ...words], place.folder);
  if (code !== 0) throw new Error(stderr);
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  const told = (kind: string): string[] =>
    lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1));
  return {
    opened: told("open"),
    processes: told("spawn"),
    threads: told("thread").length,
    hashedBytes: told("hash").reduce((sum, bytes) => sum + Number(bytes), 0),
  };
}
