/**
 * What ARG and ENV mean at each line of a stage.
 *
 * Of an ENV and an ARG of one name the later line wins, though the reference says that
 * ENV always does: BuildKit gives `arg` after `ENV A=env`, `ARG A=arg`. The image keeps
 * the ENV all the same.
 */
import type { NamedScope } from "./watcher.ts";

/** HTTP_PROXY and its like: seen by RUN, told to nobody, in no cache key. */
const PROXY_NAMES = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"];

export function isProxyArg(name: string): boolean {
  return PROXY_NAMES.includes(name.toUpperCase()) && (name === name.toUpperCase() || name === name.toLowerCase());
}

/** What processes see and images of nothing have. */
export const DEFAULT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export class StageScope implements NamedScope {
  /** All that is set, in the order it was set last. */
  readonly #values: Map<string, string>;
  /** Names that ARG declared, in order. */
  readonly #args: Set<string>;
  /** The image's ENV. */
  readonly #env: string[];
  /** Where in `#env` each name stands. */
  readonly #places = new Map<string, number>();
  /** What a RUN sees, until something is set. */
  #process: readonly string[] | undefined;

  constructor(env: readonly string[], from?: StageScope) {
    this.#values = new Map(from?.variables());
    this.#args = new Set(from?.argNames());
    this.#env = [...env];
    // Also in a child stage, where an ENV of the parent wins again over its ARGs.
    for (const [at, pair] of env.entries()) {
      const [name, value] = splitPair(pair);
      this.#set(name, value);
      if (!this.#places.has(name)) this.#places.set(name, at);
    }
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  setEnv(name: string, value: string): void {
    this.#set(name, value);
    const at = this.#places.get(name) ?? this.#env.length;
    this.#places.set(name, at);
    this.#env[at] = `${name}=${value}`;
  }

  /** Declares an argument; without a value it changes nothing. */
  setArg(name: string, value: string | undefined): void {
    this.#args.add(name);
    if (value !== undefined) this.#set(name, value);
  }

  /** The image's ENV. */
  get env(): readonly string[] {
    return this.#env;
  }

  /** What a RUN sees, as `NAME=value`, and a PATH: one list as long as nothing is set. */
  forProcess(): readonly string[] {
    if (!this.#process) {
      const pairs = [...this.#values].map(([name, value]) => `${name}=${value}`);
      this.#process = this.#values.has("PATH") ? pairs : [...pairs, DEFAULT_PATH];
    }
    return this.#process;
  }

  /** The arguments that history and cache tell of a RUN. */
  argsForHistory(): string[] {
    return [...this.#args].filter((name) => !isProxyArg(name)).map((name) => `${name}=${this.#values.get(name) ?? ""}`);
  }

  names(): readonly string[] {
    return [...this.#values.keys()];
  }

  variables(): ReadonlyMap<string, string> {
    return this.#values;
  }

  argNames(): ReadonlySet<string> {
    return this.#args;
  }

  #set(name: string, value: string): void {
    this.#process = undefined;
    this.#values.delete(name);
    this.#values.set(name, value);
  }
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf("=");
  return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
}
