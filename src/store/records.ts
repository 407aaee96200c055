/** What was found out, by key: small JSON files in named tables. A record that cannot be read counts as none. */
import { readdirSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { type Digest, hexOf } from "../core/index.ts";
import type { StorePaths } from "./paths.ts";
import { writeFileAtomic } from "./write.ts";

export class Records {
  readonly #paths: StorePaths;

  constructor(paths: StorePaths) {
    this.#paths = paths;
  }

  get<T>(table: string, key: Digest): T | undefined {
    try {
      return JSON.parse(readFileSync(this.#file(table, key), "utf8")) as T;
    } catch {
      return undefined;
    }
  }

  put(table: string, key: Digest, value: unknown): void {
    writeFileAtomic(this.#paths, this.#file(table, key), JSON.stringify(value));
  }

  /** Says that the record was used now. */
  touch(table: string, key: Digest): void {
    const now = Date.now() / 1000;
    try {
      utimesSync(this.#file(table, key), now, now);
    } catch {
      // A record that is gone, or a store that cannot be written, has no time to keep.
    }
  }

  /** When the record was written and when it was last used, in milliseconds since the epoch. */
  times(table: string, key: Digest): { readonly created: number; readonly used: number } {
    const { birthtimeMs, mtimeMs } = statSync(this.#file(table, key));
    return { created: birthtimeMs, used: mtimeMs };
  }

  remove(table: string, key: Digest): void {
    rmSync(this.#file(table, key), { force: true });
  }

  keys(table: string): Digest[] {
    try {
      return readdirSync(join(this.#paths.records, table)).map((name): Digest => `sha256:${name}`);
    } catch {
      return [];
    }
  }

  #file(table: string, key: Digest): string {
    return join(this.#paths.records, table, hexOf(key));
  }
}
