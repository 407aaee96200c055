/** Does the work of vertices on this machine, over a store. */
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bug, type Digest, digestOf, hexOf, Limit } from "../core/index.ts";
import type { Executor, ResourceLimits } from "../executor/index.ts";
import type { ContentInput, RunMount, Source, Step, StepVertex } from "../graph/index.ts";
import { formatPlatform, matchPlatforms, type Platform, parsePlatform } from "../oci/index.ts";
import { type LayerId, type Store, temporaryName, writeError } from "../store/index.ts";
import { offload, type Packed, type TreeSource } from "../tree/index.ts";
import type { Key, Snapshot } from "./cache.ts";
import { emulatorFor } from "./emulation.ts";
import { foreignPlatform } from "./errors.ts";
import type { History } from "./history.ts";
import type { Loans } from "./secrets.ts";
import { fetchGit, pinGit } from "./sources/git.ts";
import { fetchHttp, type HttpGet, pinHttp } from "./sources/http.ts";
import { fetchImage, type OpenBlob } from "./sources/image.ts";
import { fetchInline } from "./sources/inline.ts";
import { type CopyPlace, packCopy, performCopy, performMkdir } from "./steps/copy.ts";
import { type FailedProcess, performRun, type RunPlace } from "./steps/run.ts";
import { namesOf, type Supply, type TarRecord } from "./supply.ts";
import { accountsOf, type ContextFolder, foldersOf, sourceOf } from "./trees.ts";
import type { Job, StepJob, TreeId, Worker } from "./worker.ts";

/** A step that makes a layer. */
type LayerStep = Exclude<Step, { kind: "merge" }>;

/** What a worker on this machine works with. */
export interface LocalWorkerOptions {
  readonly store: Store;
  /** Opened when the first RUN needs it. */
  readonly executor: () => Promise<Executor>;
  readonly openBlob: OpenBlob;
  /** Where layers come from that are not in the store. */
  readonly supply: Supply;
  readonly httpGet: HttpGet;
  readonly contexts: ReadonlyMap<string, ContextFolder>;
  readonly loans: Loans;
  /** Of each RUN; no part of its key. */
  readonly limits?: ResourceLimits;
  /** Steps at work at one time. */
  readonly jobs: number;
  /** What processes of this machine are made for. */
  readonly platform: Platform;
  /** What earlier builds of this one were made from; nothing is remembered without it. */
  readonly history?: History;
  /** Whether no step of this build works on the layer of a vertex: such a layer is packed at once and never laid out. */
  readonly isLast?: (vertex: StepVertex) => boolean;
  /** Whether the layer of a vertex is one of the result's, which needs its tar: a COPY then writes both in one pass. */
  readonly isFinal?: (vertex: StepVertex) => boolean;
  /** Told of each new layer as soon as its files are final. */
  readonly onLayer?: (vertex: StepVertex, layer: LayerId) => void;
  /** Awaited when a RUN has failed, before what it left is removed. One failure is told at a time. */
  readonly onFailure?: (failed: FailedRun) => Promise<void>;
}

/** A RUN that failed. */
export interface FailedRun extends FailedProcess {
  /** The line of the progress display. */
  readonly name: string;
}

/** Which cache a step uses, and with whom, is in no key, as with BuildKit: the files there are not told either. */
const keyedMount = (mount: RunMount): RunMount => (mount.type === "cache" ? { ...mount, id: "", sharing: "shared" } : mount);

export class LocalWorker implements Worker {
  readonly #options: LocalWorkerOptions;
  readonly #store: Store;
  readonly #limit: Limit;
  /** Names of cache mounts that this build has begun anew. */
  readonly #renewed: Set<string> = new Set();
  #failures: Promise<void> = Promise.resolve();
  readonly #build: string = randomBytes(16).toString("hex");

  constructor(options: LocalWorkerOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#limit = new Limit(options.jobs);
  }

  keyed(step: Step): Step {
    if (step.kind !== "run") return step;
    const { proxyEnv: _, ...keyed } = step;
    return { ...keyed, mounts: step.mounts.map(keyedMount) };
  }

  async pin(source: Source, job: Job): Promise<Key> {
    if (source.kind === "image") {
      this.#options.supply.offerImage(source);
      return digestOf(["image", source.diffIds]);
    }
    // A context is looked at anew by each build; only the digests of what is selected outlive it.
    if (source.kind === "context") return digestOf(["context", source.name, this.#build]);
    if (source.kind === "inline") return digestOf(["inline", source.files]);
    job.start();
    if (source.kind === "http") return pinHttp(this.#store, source, this.#options.httpGet, job.signal);
    return pinGit(this.#store, source, job.signal);
  }

  name(source: Source): readonly TreeId[] | undefined {
    return source.kind === "image" ? namesOf(this.#store, source.diffIds) : undefined;
  }

  async fetch(source: Source, key: Key, job: Job): Promise<readonly TreeId[]> {
    if (source.kind === "context") {
      job.start();
      return [`context:${source.name}`];
    }
    if (source.kind === "image") return fetchImage(this.#store, source, this.#options.openBlob, job);
    if (source.kind === "inline") return fetchInline(this.#store, source, key, job.signal);
    job.start();
    if (source.kind === "http") return fetchHttp(this.#store, key, job.signal);
    return fetchGit(this.#store, source, key, job.signal);
  }

  async perform(
    vertex: StepVertex,
    key: Key,
    base: Snapshot,
    inputs: readonly (readonly TreeId[])[],
    job: StepJob,
  ): Promise<Snapshot> {
    if (vertex.step.kind === "merge") {
      job.start();
      const merged = [...base, ...(inputs.flat() as LayerId[])];
      job.keep(merged);
      return merged;
    }
    return this.#limit.run(async () => {
      using _lock = await this.#store.lock(`step-${hexOf(key)}`, job.signal);
      const found = job.found();
      if (found) return found;
      job.start();
      await this.#bring([base, ...inputs], job);
      if (vertex.step.kind === "copy" && this.#options.isLast?.(vertex)) {
        const snapshot = [...base, await this.#packLayer(vertex.step, base, inputs, job)];
        job.keep(snapshot);
        return snapshot;
      }
      // The layer of an earlier run may be in use: a run that is not to be shared gets a name of its own.
      const layer = this.#store.layers.has(key) ? digestOf([key, randomBytes(16).toString("hex")]) : key;
      await this.#makeLayer(vertex, layer, base, inputs, job);
      const snapshot = [...base, layer];
      job.keep(snapshot);
      this.#options.onLayer?.(vertex, layer);
      return snapshot;
    });
  }

  async digest(tree: readonly TreeId[], input: ContentInput, job: Job): Promise<Digest> {
    await this.#bring([tree], job);
    const source = sourceOf(this.#store, this.#options.contexts, tree);
    const context =
      source.kind === "folder" ? this.#options.contexts.get((tree[0] as string).slice("context:".length)) : undefined;
    const { history } = this.#options;
    const work = {
      source,
      select: input.select,
      // A selection has a stat cache of its own: each is replaced whole by what was seen.
      ...(context ? { statCachePath: `${context.statCache}-${hexOf(digestOf(input.select)).slice(0, 16)}` } : {}),
      ...(history ? { listing: history.listing(input) } : {}),
    };
    return (await offload("digestSelection", work, job.signal)).digest;
  }

  /** Brings what of these trees is not here yet. */
  async #bring(trees: readonly (readonly TreeId[])[], job: Job): Promise<void> {
    const layers = trees.flat().filter((id) => !id.startsWith("context:"));
    await this.#options.supply.bring(layers as LayerId[], job);
  }

  /** A layer that is its tar alone, which gives it its name. */
  async #packLayer(
    step: Extract<Step, { kind: "copy" }>,
    base: Snapshot,
    inputs: readonly (readonly TreeId[])[],
    job: StepJob,
  ): Promise<LayerId> {
    const { blobs, records } = this.#store;
    const file = blobs.temporary();
    const trees = inputs.map((tree) => sourceOf(this.#store, this.#options.contexts, tree));
    const accounts = (): ReturnType<typeof accountsOf> => accountsOf(this.#store, base);
    try {
      const below = foldersOf(this.#store, base);
      const { diffId, size, newest } = await packCopy(step, trees, { file, below, accounts, signal: job.signal });
      blobs.adopt(file, diffId);
      records.put("tars", diffId, { size, newest } satisfies TarRecord);
      return diffId;
    } catch (error) {
      rmSync(file, { force: true });
      throw writeError(this.#store.paths, error);
    }
  }

  async #makeLayer(
    vertex: StepVertex,
    layer: LayerId,
    base: Snapshot,
    inputs: readonly (readonly TreeId[])[],
    job: StepJob,
  ): Promise<void> {
    const step = vertex.step as LayerStep;
    const below = foldersOf(this.#store, base);
    const trees = inputs.map((tree) => sourceOf(this.#store, this.#options.contexts, tree));
    await this.#store.layers.make(
      layer,
      below,
      async (draft) => {
        const accounts = (): ReturnType<typeof accountsOf> => accountsOf(this.#store, base);
        const place: CopyPlace = { layer: draft.folder, below, accounts, signal: job.signal };
        if (step.kind === "copy") return this.#copy(vertex, step, trees, place);
        if (step.kind === "mkdir") await performMkdir(step, place);
        else await this.#run(vertex, step, { draft, below, accounts: accounts(), inputs: trees }, job);
        return undefined;
      },
      job.signal,
    );
  }

  /** What cache mounts begin with. As with BuildKit the first step that is told to take nothing from the cache empties them. */
  #cacheMounts(vertex: StepVertex, job: StepJob): Pick<RunPlace, "mountTar" | "startsAnew"> {
    if (!vertex.ignoreCache) return { mountTar: (name) => this.#options.supply.mountTar(name, job) };
    return {
      startsAnew: (name) => {
        const isFirst = !this.#renewed.has(name);
        this.#renewed.add(name);
        return isFirst;
      },
    };
  }

  /** A COPY whose layer the image will have writes the layer's tar as well: no file is read again for it. */
  async #copy(
    vertex: StepVertex,
    step: Extract<Step, { kind: "copy" }>,
    trees: readonly TreeSource[],
    place: CopyPlace,
  ): Promise<Packed | undefined> {
    if (!this.#options.isFinal?.(vertex)) return performCopy(step, trees, place);
    const { blobs } = this.#store;
    const file = blobs.temporary();
    try {
      const packed = await performCopy(step, trees, { ...place, file });
      if (packed) blobs.adopt(file, packed.diffId);
      return packed;
    } finally {
      rmSync(file, { force: true });
    }
  }

  async #run(
    vertex: StepVertex,
    step: Extract<Step, { kind: "run" }>,
    place: Pick<Parameters<typeof performRun>[1], "draft" | "below" | "accounts" | "inputs">,
    job: StepJob,
  ): Promise<void> {
    const { platform } = this.#options;
    const wanted = parsePlatform(step.platform);
    const foreign = matchPlatforms(platform, [wanted]).length === 0;
    const emulator = foreign ? emulatorFor(wanted) : undefined;
    if (foreign && !emulator) throw foreignPlatform(step.platform, formatPlatform(platform));
    const scratch = temporaryName(this.#store.paths);
    mkdirSync(scratch);
    try {
      const executor = await this.#options.executor();
      const onOutput = (stream: "stdout" | "stderr", data: Uint8Array): void =>
        job.progress({ type: "output", id: job.id, stream, data, time: Date.now() });
      await performRun(step, {
        ...place,
        store: this.#store,
        ...this.#cacheMounts(vertex, job),
        executor,
        ...(emulator?.program ? { emulator: emulator.program } : {}),
        loans: this.#options.loans,
        ...(this.#options.limits ? { limits: this.#options.limits } : {}),
        scratch,
        signal: job.signal,
        onOutput,
        ...(this.#options.onFailure ? { onFailure: (failed) => this.#tellFailure(failed, job) } : {}),
      });
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  /** After the first failure the build is stopped, so the others are not told of. */
  #tellFailure(failed: FailedProcess, job: StepJob): Promise<void> {
    this.#failures = this.#failures.then(async () => {
      if (!job.signal.aborted) await this.#options.onFailure?.({ ...failed, name: job.vertex.origin.name });
    });
    return this.#failures;
  }
}

/** The folder for what a stat cache keeps of a context. */
export function statCachePath(store: Store, root: string, ignore: readonly string[]): string {
  const folder = join(store.paths.records, "stat");
  mkdirSync(folder, { recursive: true });
  if (!root.startsWith("/")) throw bug(`context ${root} is not absolute`);
  return join(folder, hexOf(digestOf([root, ignore])));
}
