/** What of a build goes into a cache: results, contents and cache mounts of its graph. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "../core/index.ts";
import type { StepVertex, Vertex } from "../graph/index.ts";
import { layerBlob } from "../image/index.ts";
import { cacheMountName, contentKey, type Key, namesOf } from "../solve/index.ts";
import type { LayerId, Store } from "../store/index.ts";
import { offload } from "../tree/index.ts";
import { type CacheBody, type CachedContent, type CachedLayer, type CachedMount, type CachedResult, EMPTY } from "./format.ts";
import type { TravelCache } from "./import.ts";

/** A build that has been solved: a result for each platform. */
export interface Solved {
  readonly results: readonly Vertex[];
  readonly key: (vertex: Vertex) => Promise<Key>;
  /** The steps whose layers are the results' own. */
  readonly chain: ReadonlySet<Vertex>;
  readonly cache: TravelCache;
}

export interface GatherOptions {
  /** `min`: results of the steps that made the image's own layers; `max`: those of all steps. */
  readonly mode: "min" | "max";
  readonly mounts: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly signal: AbortSignal;
}

const DAY_MS = 86_400_000;

/** Days since the epoch. Whole days, so that two builds of one day write the same. */
export function dayOf(now: number): number {
  return Math.floor(now / DAY_MS);
}

/** Packs what is not packed yet; the tars of all layers are in the store afterwards, but for those that can be brought. */
export async function gather(store: Store, solved: Solved, options: GatherOptions): Promise<CacheBody> {
  const gathering = new Gathering(store, options);
  await gathering.add(solved);
  return gathering.body();
}

class Gathering {
  readonly #store: Store;
  readonly #options: GatherOptions;
  readonly #used: number;
  readonly #results = new Map<Key, CachedResult>();
  readonly #contents = new Map<Digest, CachedContent>();
  readonly #mounts = new Map<string, CachedMount>();
  readonly #layers = new Map<Digest, CachedLayer>();

  constructor(store: Store, options: GatherOptions) {
    this.#store = store;
    this.#options = options;
    this.#used = dayOf(options.now);
  }

  async add(solved: Solved): Promise<void> {
    const vertices = verticesOf(solved.results);
    const ofBases = this.#layersOfBases(vertices);
    for (const vertex of vertices) {
      if (!("step" in vertex)) continue;
      await this.#addContents(vertex, solved);
      if (this.#options.mounts) await this.#addMounts(vertex);
      if (this.#options.mode === "min" && !solved.chain.has(vertex)) continue;
      const key = await solved.key(vertex);
      const record = solved.cache.record(key);
      if (!record) continue;
      const layers: Digest[] = [];
      for (const layer of record.snapshot) layers.push(ofBases.get(layer) ?? (await this.#layer(layer)));
      this.#results.set(key, { key, layers, from: record.from, origin: record.origin, used: this.#used });
    }
  }

  body(): CacheBody {
    return {
      ...EMPTY,
      layers: Object.fromEntries(this.#layers),
      results: [...this.#results.values()],
      contents: [...this.#contents.values()],
      mounts: [...this.#mounts.values()],
    };
  }

  /** What FROM names is there for all who build: its layers do not go along. */
  #layersOfBases(vertices: Iterable<Vertex>): Map<LayerId, Digest> {
    const found = new Map<LayerId, Digest>();
    for (const vertex of vertices) {
      if ("step" in vertex || vertex.source.kind !== "image") continue;
      const { diffIds } = vertex.source;
      for (const [i, layer] of namesOf(this.#store, diffIds).entries()) found.set(layer, diffIds[i] as Digest);
    }
    return found;
  }

  async #layer(id: LayerId): Promise<Digest> {
    const { diffId, descriptor, newest } = await layerBlob(this.#store, id);
    this.#layers.set(diffId, { size: descriptor.size, newest });
    return diffId;
  }

  async #addContents(vertex: StepVertex, solved: Solved): Promise<void> {
    for (const input of vertex.inputs) {
      // A context has another key in each build.
      if (input.by !== "content" || ("source" in input.vertex && input.vertex.source.kind === "context")) continue;
      const key = await solved.key(input.vertex);
      const digest = solved.cache.content(key, input.select);
      const name = contentKey(key, input.select);
      if (digest) this.#contents.set(name, { key: name, digest, used: this.#used });
    }
  }

  async #addMounts({ step }: StepVertex): Promise<void> {
    if (step.kind !== "run") return;
    for (const mount of step.mounts) {
      if (mount.type !== "cache" || mount.input !== undefined) continue;
      const name = cacheMountName(mount.id);
      const folder = join(this.#store.paths.mounts, name);
      if (this.#mounts.has(name) || !existsSync(folder)) continue;
      const layer = await this.#packMount(name, folder);
      this.#mounts.set(name, { name, id: mount.id, layer, used: this.#used });
    }
  }

  async #packMount(name: string, folder: string): Promise<Digest> {
    using _lock = await this.#store.lock(`mount-${name}`, this.#options.signal);
    const file = this.#store.blobs.temporary();
    const { diffId, size } = await offload("packLayer", { folder, file }, this.#options.signal);
    this.#store.blobs.adopt(file, diffId);
    this.#layers.set(diffId, { size, newest: 0 });
    return diffId;
  }
}

function verticesOf(results: readonly Vertex[]): Set<Vertex> {
  const found = new Set<Vertex>();
  const waiting = [...results];
  for (let vertex = waiting.pop(); vertex; vertex = waiting.pop()) {
    if (found.has(vertex)) continue;
    found.add(vertex);
    if (!("step" in vertex)) continue;
    if (vertex.base) waiting.push(vertex.base);
    for (const input of vertex.inputs) waiting.push(input.vertex);
  }
  return found;
}
