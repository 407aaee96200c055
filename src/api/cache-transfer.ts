/** Caches that a build reads before it begins and writes when it is done. */
import { type OnProgress, SlipwayError } from "../core/index.ts";
import type { Compression } from "../oci/index.ts";
import type { CachePlace, Solved, TravelCache } from "../remote-cache/index.ts";
import { type Cache, Supply, storeCache, type ToldStep } from "../solve/index.ts";
import type { Built } from "./described.ts";
import type { Workbench } from "./workbench.ts";

export type { CachePlace };

/** Where a build's cache goes. */
export type CacheTarget =
  /** Into the config of the image that is built. */
  { readonly type: "inline" } | PlaceTarget;

/** A place that a build's cache goes to, and what of it. */
export type PlaceTarget = CachePlace & {
  /** `min`, the default: results of the steps that made the image's own layers; `max`: those of all steps. */
  readonly mode?: "min" | "max";
  /** What cache mounts hold goes along. */
  readonly mounts?: boolean;
  /** `gzip` if left out. */
  readonly compression?: Compression;
  /** What was there before is dropped; otherwise it is kept and added to. */
  readonly reset?: boolean;
  /** What no build has used for so many days is dropped; 30 if left out. */
  readonly maxAgeDays?: number;
  /** A cache that cannot be written does not fail the build. */
  readonly ignoreError?: boolean;
};

/** What of a build's options is about its caches. */
export interface CacheOptions {
  readonly cacheFrom?: readonly CachePlace[];
  readonly cacheTo?: readonly CacheTarget[];
}

const MAX_AGE_DAYS = 30;

/** The cache of a build and where layers come from that the store lacks. */
export class CacheTransfer {
  readonly supply: Supply;
  readonly #bench: Workbench;
  readonly #options: CacheOptions;
  readonly #progress: OnProgress;
  readonly #signal: AbortSignal;
  #travel: TravelCache | undefined;

  constructor(bench: Workbench, options: CacheOptions, progress: OnProgress, signal: AbortSignal) {
    this.supply = new Supply(bench.store, bench.openBlob);
    this.#bench = bench;
    this.#options = options;
    this.#progress = progress;
    this.#signal = signal;
  }

  /** Reads the sources, all at once. One that is not there or damaged is told of and costs only its hits. */
  async open(): Promise<Cache> {
    const { cacheFrom = [], cacheTo = [] } = this.#options;
    const { store } = this.#bench;
    if (cacheFrom.length === 0 && cacheTo.length === 0) return storeCache(store, (layer) => this.supply.has(layer));
    const { openPlace, TravelCache } = await import("../remote-cache/index.ts");
    const travel = new TravelCache(store, this.supply);
    this.#travel = travel;
    const found = await Promise.all(
      cacheFrom.map((place, i) =>
        this.#told(`cache-from-${i}`, `importing cache manifest from ${nameOf(place)}`, true, async () =>
          travel.find(await openPlace(place, this.#bench), this.#signal),
        ),
      ),
    );
    for (const one of found) if (one) await travel.add(one);
    return travel;
  }

  /** The steps that the sources tell of. */
  told(): readonly ToldStep[] {
    return this.#travel?.told() ?? [];
  }

  /** The results with the cache in their configs, where that was asked for. */
  async inlined(built: readonly Built[], solved: GatheredBuild): Promise<readonly Built[]> {
    if (!this.#travel || !this.#options.cacheTo?.some((target) => target.type === "inline")) return built;
    const { CACHE_FIELD, gather } = await import("../remote-cache/index.ts");
    // A day in it would give each day's image another digest.
    const options = { mode: "min", mounts: false, now: 0, signal: this.#signal } as const;
    const body = await gather(this.#bench.store, { ...solved, cache: this.#travel }, options);
    return built.map((one) => ({ ...one, plan: { ...one.plan, config: { ...one.plan.config, [CACHE_FIELD]: body } } }));
  }

  /** Writes to all targets, one after the other. Throws CACHE_*, REGISTRY_*, but for targets that are to ignore errors. */
  async write(solved: GatheredBuild): Promise<void> {
    for (const [i, target] of (this.#options.cacheTo ?? []).entries()) {
      if (target.type === "inline") continue;
      const name = `exporting cache to ${target.type === "local" ? "client directory" : "registry"}`;
      await this.#told(`cache-to-${i}`, name, target.ignoreError ?? false, () => this.#write(target, solved, `cache-to-${i}`));
    }
  }

  async #write(target: PlaceTarget, solved: GatheredBuild, id: string): Promise<void> {
    const { exportCache, gather, openPlace } = await import("../remote-cache/index.ts");
    const { mode = "min", mounts = false, compression = "gzip", reset = false, maxAgeDays = MAX_AGE_DAYS } = target;
    const [now, signal] = [Date.now(), this.#signal];
    const { store } = this.#bench;
    const build = { ...solved, cache: this.#travel as TravelCache };
    const body = await gather(store, build, { mode, mounts, now, signal });
    const options = { compression, reset, maxAgeDays, now, id, progress: this.#progress, signal };
    await exportCache(await openPlace(target, this.#bench), body, store, this.supply, options);
  }

  async #told<T>(id: string, name: string, mayFail: boolean, work: () => Promise<T>): Promise<T | undefined> {
    const vertex = { type: "vertex", id, name } as const;
    this.#progress({ ...vertex, state: "running", time: Date.now() });
    try {
      const value = await work();
      this.#progress({ ...vertex, state: "done", time: Date.now() });
      return value;
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#progress({ ...vertex, state: "failed", error: (error as Error).message, time: Date.now() });
      if (!mayFail || !(error instanceof SlipwayError)) throw error;
      return undefined;
    }
  }
}

/** A build that was solved. */
export type GatheredBuild = Omit<Solved, "cache">;

function nameOf(place: CachePlace): string {
  return place.type === "local" ? `local:${place.path}` : place.ref;
}
