/** What a plan is made from besides the Dockerfile. */
import type { Digest, Range, SourceText } from "../core/index.ts";
import type { ImageConfig, Platform } from "../oci/index.ts";
import type { PlanWatcher } from "./watcher.ts";

/** What `--build-context NAME=` stands for. */
export type NamedContext =
  /** Files the worker knows under the name. */
  { readonly kind: "context" } | { readonly kind: "image"; readonly reference: string };

/** Steps that stand at a line or below it, in their stage, are not looked up in the cache. */
export interface NoCacheFrom {
  /** The one that the line is in if left out. */
  readonly stage?: string;
  /** Of the Dockerfile, from 1. */
  readonly line: number;
}

export interface PlanOptions {
  /** Name or number of a stage; the last one if left out. */
  readonly target?: string;
  readonly buildArgs: ReadonlyMap<string, string>;
  /** Labels for the result. */
  readonly labels: ReadonlyMap<string, string>;
  readonly platform: Platform;
  /** The platform is one of several: steps are named with it. */
  readonly amongOthers?: boolean;
  readonly buildPlatform: Platform;
  /** True: no step is looked up in the cache; names: none of these stages. */
  readonly noCache: boolean | readonly string[];
  readonly noCacheFrom?: readonly NoCacheFrom[];
  /** By the name they were given. */
  readonly contexts: ReadonlyMap<string, NamedContext>;
  readonly network?: "default" | "none" | "host";
  readonly addHosts?: readonly string[];
  readonly ulimits?: readonly string[];
  readonly shmSizeBytes?: number;
  readonly watcher?: PlanWatcher;
}

/** An image that a FROM or a `--from` names. */
export interface BaseImage {
  /** In full. */
  readonly reference: string;
  readonly manifest: Digest;
  readonly config: ImageConfig;
  readonly platform: Platform;
}

/** Finds images: the only way out of a plan. */
export interface BaseImages {
  /** Rejects with a SlipwayError. */
  resolve(
    reference: string,
    platform: Platform,
    where: { readonly source: SourceText; readonly range: Range },
  ): Promise<BaseImage>;
}
