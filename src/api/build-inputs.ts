/** What a build was made from, as a record keeps it: enough to do it again. */
import { resolve } from "node:path";
import type { SourceText } from "../core/index.ts";
import type { Platform } from "../oci/index.ts";
import type { BuildOptions } from "./build-options.ts";
import { isRemote } from "./context-remote.ts";
import type { Entitlement } from "./entitlements.ts";
import type { Output } from "./outputs.ts";

type Pairs = readonly (readonly [string, string])[];

export interface BuildInputs {
  /** An absolute path, or an address. */
  readonly context: string;
  /** What relative paths of the Dockerfile and of named contexts start from. */
  readonly cwd: string;
  readonly file?: string | SourceText;
  readonly namedContexts: Pairs;
  readonly buildArgs: Pairs;
  readonly labels: Pairs;
  readonly target?: string;
  readonly platforms?: readonly Platform[];
  readonly network?: "default" | "none" | "host";
  readonly addHosts?: readonly string[];
  readonly shmSizeBytes?: number;
  readonly ulimits?: readonly string[];
  readonly allow?: readonly Entitlement[];
  readonly unset?: readonly string[];
  readonly squash?: boolean;
  readonly rewriteTimestamp?: boolean;
  /** Whether the first output that is an image has its times rewritten, if there is SOURCE_DATE_EPOCH. */
  readonly rewrittenOutput?: boolean;
  /** IDs of what it borrowed; the values are nowhere. */
  readonly secrets?: readonly string[];
  readonly ssh?: readonly string[];
}

/** Undefined for a context that came as a stream. Of secrets only the IDs are kept. */
export function inputsOf(options: BuildOptions): BuildInputs | undefined {
  const { context, cwd = process.cwd(), outputs = [] } = options;
  if (typeof context !== "string") return undefined;
  const given = {
    file: options.file,
    target: options.target,
    platforms: options.platforms,
    network: options.network,
    addHosts: options.addHosts,
    shmSizeBytes: options.shmSizeBytes,
    ulimits: options.ulimits,
    allow: options.allow,
    unset: options.unset,
    squash: options.squash,
    rewriteTimestamp: options.rewriteTimestamp,
    rewrittenOutput: outputs.some(isRewritten),
    secrets: options.loans && [...options.loans.secrets.keys()],
    ssh: options.loans && [...options.loans.ssh.keys()],
  };
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return {
    ...known,
    context: isRemote(context) ? context : resolve(cwd, context),
    cwd,
    namedContexts: [...(options.namedContexts ?? [])],
    buildArgs: [...(options.buildArgs ?? [])],
    labels: [...(options.labels ?? [])],
  };
}

/** Options of a build from the same inputs that remembers nothing. */
export function optionsFrom(inputs: BuildInputs): BuildOptions {
  const { namedContexts, buildArgs, labels, rewrittenOutput = false, secrets: _, ssh: __, ...same } = inputs;
  return {
    ...same,
    namedContexts: new Map(namedContexts),
    buildArgs: new Map(buildArgs),
    labels: new Map(labels),
    outputs: [{ type: "image", store: false, rewriteTimestamp: rewrittenOutput }],
    fresh: true,
  };
}

function isRewritten(output: Output): boolean {
  return "rewriteTimestamp" in output && output.rewriteTimestamp === true;
}
