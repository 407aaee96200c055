/** Opens the store, the registry client and the executor: the only place where things are wired. */
import { cpus } from "node:os";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { memo } from "../core/index.ts";
import { type Executor, openExecutor } from "../executor/index.ts";
import { type Descriptor, type Platform, parseReference, type Reference, repositoryName } from "../oci/index.ts";
import type { RegistryOptions, Repository } from "../registry/index.ts";
import { openStore, type Store } from "../store/index.ts";
import { notePlace } from "./blob-places.ts";

export type { RegistryOptions as RegistrySettings } from "../registry/index.ts";

/** Where a workbench keeps things, and what it may know of the machine. */
export interface WorkbenchOptions {
  /** The store's folder; made where it is missing. */
  readonly root: string;
  /**
   * Steps at work at one time; four for each processor, and at least eight, if left out. Processes
   * of a RUN wait for disks and networks as much as they compute, so BuildKit has no limit at all;
   * what slipway does itself, such as copying, is done by as many threads as there are processors.
   */
  readonly jobs?: number;
  /** Credentials, mirrors, proxies, certificates; a function is called when a registry is first needed. */
  readonly registry?: RegistryOptions | (() => RegistryOptions);
  /** What this machine runs; linux and its processor if left out. */
  readonly platform?: Platform;
}

/** An open store with all that works on it. Nothing to close. */
export interface Workbench {
  readonly store: Store;
  readonly jobs: number;
  readonly platform: Platform;
  readonly registry: RegistryOptions;
  /** Opened when it is first needed. */
  executor(): Promise<Executor>;
  /** The repository of a reference; the registry client is loaded when it is first needed. */
  repository(reference: Reference): Promise<Repository>;
  /** The bytes of a blob of the image that `reference` names. */
  openBlob(reference: string, descriptor: Descriptor, signal: AbortSignal): Promise<Readable>;
}

/** Opens a workbench. Throws STORE_TOO_NEW, STORE_INVALID, STORE_NOT_WRITABLE. */
export function openWorkbench(options: WorkbenchOptions): Workbench {
  const store = openStore(resolve(options.root));
  const given = options.registry ?? {};
  let registry: RegistryOptions | undefined;
  const repositories = new Map<string, Promise<Repository>>();
  let executor: Promise<Executor> | undefined;
  const bench: Workbench = {
    store,
    jobs: options.jobs ?? Math.max(8, 4 * cpus().length),
    platform: options.platform ?? hostPlatform(),
    get registry() {
      registry ??= typeof given === "function" ? given() : given;
      return registry;
    },
    executor: () => {
      executor ??= openExecutor();
      return executor;
    },
    // One for each, so that tokens and connections are used again.
    repository: (reference) =>
      memo(repositories, repositoryName(reference), async () => {
        const { openRepository } = await import("../registry/index.ts");
        return openRepository(reference, bench.registry);
      }),
    async openBlob(reference, descriptor, signal) {
      const repository = await bench.repository(parseReference(reference));
      const bytes = await repository.source.open(descriptor, signal);
      notePlace(store, descriptor.digest, reference);
      return bytes;
    },
  };
  return bench;
}

const ARCHITECTURES: Readonly<Record<string, Pick<Platform, "architecture" | "variant">>> = {
  x64: { architecture: "amd64" },
  arm64: { architecture: "arm64" },
  arm: { architecture: "arm", variant: "v7" },
  ia32: { architecture: "386" },
};

/** What processes of this machine are made for. */
export function hostPlatform(): Platform {
  return { os: "linux", ...(ARCHITECTURES[process.arch] ?? { architecture: process.arch }) };
}
