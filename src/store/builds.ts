/**
 * Builds that were, each a folder named by its number: `build.json`, and `N.log` with all
 * that the processes of step N wrote. Only the latest are kept.
 */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Change, type Digest, SlipwayError, type VertexState } from "../core/index.ts";
import { buildNotFound } from "./errors.ts";
import type { StorePaths } from "./paths.ts";
import { writeError, writeFileAtomic } from "./write.ts";

/** A step, or another piece of work that the progress of a build names. */
export interface BuildStep {
  /** As in the plain progress: counted from 1. */
  readonly number: number;
  readonly name: string;
  readonly state: VertexState | "canceled";
  /** Milliseconds since the epoch. */
  readonly started: number;
  readonly ended?: number;
  /** Names the result in the cache. */
  readonly key?: Digest;
  /** Why it was not taken from the cache; left out where no earlier build had it. */
  readonly why?: readonly Change[];
  readonly error?: string;
  /** Bytes that its processes wrote. */
  readonly logBytes: number;
}

export interface BuildWarning {
  readonly rule: string;
  readonly message: string;
  readonly line: number;
}

export interface Build {
  readonly number: number;
  /** `lost`: its process was killed. */
  readonly state: "running" | "done" | "failed" | "canceled" | "lost";
  /** Milliseconds since the epoch. */
  readonly started: number;
  readonly ended?: number;
  /** The process that builds. */
  readonly pid: number;
  /** What was asked for: a folder, an address, or `-` for what came from a stream. */
  readonly context: string;
  /** Name of the Dockerfile, where it was given. */
  readonly file?: string;
  readonly target?: string;
  /** What the image was made from, to make it again; left out where that cannot be. */
  readonly inputs?: unknown;
  /** The images that its Dockerfile names, as they were found: digests of manifests. */
  readonly used?: readonly { readonly name: string; readonly platform: object; readonly digest: Digest }[];
  readonly names: readonly string[];
  /** The image's ID. */
  readonly image?: Digest;
  readonly error?: { readonly code: string; readonly message: string };
  readonly steps: readonly BuildStep[];
  readonly warnings: readonly BuildWarning[];
}

/** So many builds are kept. */
const MOST = 100;

export class Builds {
  readonly #paths: StorePaths;

  constructor(paths: StorePaths) {
    this.#paths = paths;
  }

  /** Keeps a new build under the next number, which is returned. The oldest builds go where there are too many. */
  add(build: Omit<Build, "number">): number {
    const numbers = this.numbers();
    let number = (numbers[0] ?? 0) + 1;
    while (!this.#reserve(number)) number++;
    this.update({ number, ...build });
    for (const old of numbers.slice(MOST - 1)) this.remove(old);
    return number;
  }

  update(build: Build): void {
    try {
      writeFileAtomic(this.#paths, join(this.#folder(build.number), "build.json"), JSON.stringify(build));
    } catch (error) {
      // A disk that is full fails the build where its own files are written; the record stays as it was.
      if (!(error instanceof SlipwayError && error.code === "STORE_FULL")) throw error;
    }
  }

  /** Adds to what the processes of a step wrote. */
  appendLog(number: number, step: number, data: Uint8Array): void {
    try {
      appendFileSync(join(this.#folder(number), `${step}.log`), data);
    } catch {
      // As with the record: the log ends here.
    }
  }

  /** All that the processes of a step wrote, as they wrote it. */
  log(number: number, step: number): Buffer {
    try {
      return readFileSync(join(this.#folder(number), `${step}.log`));
    } catch {
      return Buffer.alloc(0);
    }
  }

  /** All builds, newest first. */
  list(): Build[] {
    return this.numbers().flatMap((number) => this.#read(number) ?? []);
  }

  /** Throws BUILD_NOT_FOUND. */
  get(number: number): Build {
    const build = this.#read(number);
    if (!build) throw buildNotFound(number);
    return build;
  }

  /** The numbers of all builds, newest first. */
  numbers(): number[] {
    try {
      return readdirSync(this.#paths.builds)
        .map(Number)
        .filter((number) => number > 0)
        .sort((a, b) => b - a);
    } catch {
      return [];
    }
  }

  remove(number: number): void {
    rmSync(this.#folder(number), { recursive: true, force: true });
  }

  #read(number: number): Build | undefined {
    try {
      const build = JSON.parse(readFileSync(join(this.#folder(number), "build.json"), "utf8")) as Build;
      return build.state === "running" && !isAlive(build.pid) ? lost(build) : build;
    } catch {
      return undefined;
    }
  }

  #folder(number: number): string {
    return join(this.#paths.builds, String(number));
  }

  /** Another process may have taken the number since it was chosen. */
  #reserve(number: number): boolean {
    try {
      mkdirSync(this.#folder(number));
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") return false;
      if (code !== "ENOENT") throw writeError(this.#paths, error);
      this.#makeHome();
      return this.#reserve(number);
    }
  }

  #makeHome(): void {
    try {
      // Build arguments are in the records, and nobody else reads them.
      mkdirSync(this.#paths.builds, { mode: 0o700 });
    } catch (error) {
      // Another process may have made it since.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw writeError(this.#paths, error);
    }
  }
}

/** What it was at ended with it. */
function lost(build: Build): Build {
  const steps = build.steps.map((step): BuildStep => (step.state === "running" ? { ...step, state: "canceled" } : step));
  return { ...build, state: "lost", steps };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
