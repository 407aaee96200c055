/** What a build takes and what comes of it. */
import type { Digest, OnProgress, SourceText } from "../core/index.ts";
import type { ResourceLimits } from "../executor/index.ts";
import type { Annotation } from "../image/index.ts";
import type { Warning } from "../lint/index.ts";
import type { Descriptor, Platform } from "../oci/index.ts";
import type { NoCacheFrom } from "../plan/index.ts";
import type { FailedRun } from "../solve/index.ts";
import type { CacheOptions } from "./cache-transfer.ts";
import type { ContextInput } from "./contexts.ts";
import type { Entitlement } from "./entitlements.ts";
import type { Output } from "./outputs.ts";
import type { PullPolicy } from "./resolve-image.ts";
import type { LoanOptions } from "./ssh-agent.ts";

/** What is to be built. All but the context has the default that `docker build` has. */
export interface BuildOptions extends ContextInput, CacheOptions {
  /** Names for the image; without a tag `latest`. */
  readonly tags?: readonly string[];
  readonly buildArgs?: ReadonlyMap<string, string>;
  readonly labels?: ReadonlyMap<string, string>;
  /** Name or number of a stage; the last one if left out. */
  readonly target?: string;
  /** The machine's own if left out. Several make an index of as many images. */
  readonly platforms?: readonly Platform[];
  /** True: nothing is taken from the cache; names: nothing of these stages. */
  readonly noCache?: boolean | readonly string[];
  /** Steps from these lines on are not taken from the cache, nor is what stands on them. */
  readonly noCacheFrom?: readonly NoCacheFrom[];
  /** Settings of the base that the image does not take over: `env=NAME`, `label=NAME`, `expose=PORT`, `volume=PATH`, `cmd`, `entrypoint`, ... */
  readonly unset?: readonly string[];
  /** The layers that the build makes become one; those of the base stay. */
  readonly squash?: boolean;
  readonly pull?: PullPolicy;
  readonly network?: "default" | "none" | "host";
  /** `name:address`. */
  readonly addHosts?: readonly string[];
  readonly shmSizeBytes?: number;
  /** `type=soft[:hard]`. */
  readonly ulimits?: readonly string[];
  /** Steps at work at one time; those of the workbench if left out. */
  readonly jobs?: number;
  /** What each RUN may use. */
  readonly limits?: ResourceLimits;
  /** What a Dockerfile may do only if it is allowed: `RUN --network=host`, `RUN --security=insecure`. */
  readonly allow?: readonly Entitlement[];
  readonly loans?: LoanOptions;
  /** Where the result goes; into the store if left out. */
  readonly outputs?: readonly Output[];
  /** For every output that is an image. Those of an index mean something with several platforms only. */
  readonly annotations?: readonly Annotation[];
  /**
   * No file of the new layers is later than SOURCE_DATE_EPOCH, in all outputs that are images;
   * without it, than the newest base image.
   */
  readonly rewriteTimestamp?: boolean;
  /** Every step is done anew, and nothing is remembered: neither in the cache nor as a record. */
  readonly fresh?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /**
   * Awaited when a RUN has failed, while its files and mounts are still there and other processes
   * can be run in its place; then the build fails. Only the first failure is told.
   */
  readonly onFailure?: (failed: FailedRun) => Promise<void>;
}

/** An image that a build stood on or copied from. */
export interface UsedImage {
  /** As people write it. */
  readonly name: string;
  readonly platform: Platform;
  /** Of its manifest. */
  readonly digest: Digest;
}

/** What came of a build. */
export interface BuildResult {
  /** Digest of the config, which Docker calls the image's ID; of several platforms the digest of the index. */
  readonly imageId: Digest;
  /** As the first output that is an image has it; else as it would stand in the store. */
  readonly descriptor: Descriptor;
  /** Canonical names the image was given. */
  readonly names: readonly string[];
  /** The images that the Dockerfile names, as they were found. */
  readonly used: readonly UsedImage[];
  readonly warnings: readonly Warning[];
  /** The Dockerfile, which warnings point into. */
  readonly source: SourceText;
}
