/** Opens the store, the registry client and the executor: the only place where things are wired. */
import { cpus } from "node:os";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { type Executor, openExecutor } from "../executor/index.ts";
import { type Descriptor, type Platform, parseReference, type Reference } from "../oci/index.ts";
import type { RegistryOptions, Repository } from "../registry/index.ts";
import { openStore, type Store } from "../store/index.ts";

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
  /** Credentials, mirrors, proxies, certificates. */
  readonly registry?: RegistryOptions;
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
  const registry = options.registry ?? {};
  let executor: Promise<Executor> | undefined;
  const bench: Workbench = {
    store,
    jobs: options.jobs ?? Math.max(8, 4 * cpus().length),
    platform: options.platform ?? hostPlatform(),
    registry,
    executor: () => {
      executor ??= openExecutor();
      return executor;
    },
    async repository(reference) {
      const { openRepository } = await import("../registry/index.ts");
      return openRepository(reference, registry);
    },
    async openBlob(reference, descriptor, signal) {
      const repository = await bench.repository(parseReference(reference));
      return repository.source.open(descriptor, signal);
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
