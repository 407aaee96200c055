/** What was found out, by key: small JSON files in named tables. A record that cannot be read counts as none. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
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
