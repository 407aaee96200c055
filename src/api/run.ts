/** A container in the foreground: an image's config and files, one process. */
import { mkdirSync, rmSync, statSync } from "node:fs";
import { join, posix, resolve } from "node:path";
import { allSettled, digestOf, hexOf, type OnProgress } from "../core/index.ts";
import { homeOf, type MountSpec, type ProcessIo, resolveUser } from "../executor/index.ts";
import type { ContainerConfig } from "../oci/index.ts";
import { accountsOf, fetchImage, foldersOf } from "../solve/index.ts";
import { temporaryName } from "../store/index.ts";
import { badOption, nothingToRun } from "./errors.ts";
import { keptDescriptor } from "./pull.ts";
import { type PullPolicy, resolveImage } from "./resolve-image.ts";
import type { Workbench } from "./workbench.ts";

export interface RunOptions {
  readonly image: string;
  /** Instead of the image's CMD. */
  readonly args?: readonly string[];
  /** `NAME=value`, after the image's. */
  readonly env?: readonly string[];
  /** `source:target[:ro]`. */
  readonly volumes?: readonly string[];
  readonly user?: string;
  readonly workdir?: string;
  /** Instead of the image's; an empty list clears it. */
  readonly entrypoint?: readonly string[];
  readonly hostname?: string;
  readonly network?: "host" | "none";
  readonly pull?: PullPolicy;
  readonly readonlyRoot?: boolean;
  readonly privileged?: boolean;
  /** A terminal for the process; `io` must then be inherited. */
  readonly terminal?: { readonly rows: number; readonly columns: number };
  readonly io: ProcessIo;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/**
 * Runs a container to its end and removes it. Returns the exit code of its process:
 * 126 and 127 as the shell has them, 128 and the signal's number if it was killed.
 * Throws what finding and fetching the image throws, RUN_NO_COMMAND, USER_UNKNOWN, EXECUTOR_*.
 */
export async function runContainer(bench: Workbench, options: RunOptions): Promise<number> {
  const { store } = bench;
  const signal = options.signal ?? new AbortController().signal;
  using _lock = await store.use(signal);
  const image = await resolveImage(bench, options.image, bench.platform, options.pull ?? "missing");
  const snapshot = await fetchLayers(bench, image, signal, options.onProgress ?? (() => {}));
  if (image.remote && !image.byDigest) await store.images.tag(keptDescriptor(bench, image.top, image.manifest), [image.familiar]);
  const config = image.config.config ?? {};
  const argv = argvOf(config, options);
  if (argv.length === 0) throw nothingToRun(options.image);
  const home = temporaryName(store.paths);
  const root = { folders: foldersOf(store, snapshot), upper: join(home, "fs"), work: join(home, "work"), volatile: true };
  mkdirSync(root.upper, { recursive: true });
  mkdirSync(root.work);
  try {
    const { passwd, group } = accountsOf(store, snapshot);
    const user = resolveUser(options.user ?? config.User ?? "", passwd, group);
    const executor = await bench.executor();
    const spec = {
      argv,
      env: envOf(config, options, homeOf(user.uid, passwd)),
      cwd: posix.resolve("/", options.workdir ?? config.WorkingDir ?? "/"),
      user,
      network: options.network ?? ("host" as const),
      privileged: options.privileged ?? false,
      hostname: options.hostname ?? hexOf(digestOf(home)).slice(0, 12),
      ...(options.readonlyRoot ? { readonlyRoot: true } : {}),
      ...(options.terminal ? { terminal: options.terminal } : {}),
    };
    const status = await executor.run(spec, root, (options.volumes ?? []).map(volumeOf), options.io, signal);
    return status.code;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function fetchLayers(
  bench: Workbench,
  image: Awaited<ReturnType<typeof resolveImage>>,
  signal: AbortSignal,
  progress: OnProgress,
): Promise<readonly `sha256:${string}`[]> {
  const { reference, manifest, config } = image;
  const source = { kind: "image", reference, manifest, platform: "", diffIds: config.rootfs.diff_ids } as const;
  const origin = { stage: "", name: `pull ${image.familiar}`, ranges: [] };
  const job = { id: "pull", vertex: { source, origin }, start: () => {}, progress, signal };
  const [layers] = await allSettled([fetchImage(bench.store, source, bench.openBlob, job)]);
  return layers ?? [];
}

function argvOf(config: ContainerConfig, options: RunOptions): string[] {
  const entrypoint = options.entrypoint ?? config.Entrypoint ?? [];
  // A new entrypoint makes the image's CMD meaningless.
  const command = options.args?.length ? options.args : options.entrypoint ? [] : (config.Cmd ?? []);
  return [...entrypoint, ...command];
}

const DEFAULT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

function envOf(config: ContainerConfig, options: RunOptions, home: string): string[] {
  const env = new Map<string, string>();
  for (const pair of [
    DEFAULT_PATH,
    `HOME=${home}`,
    ...(options.terminal ? ["TERM=xterm"] : []),
    ...(config.Env ?? []),
    ...(options.env ?? []),
  ]) {
    env.set(pair.slice(0, pair.indexOf("=")), pair);
  }
  return [...env.values()];
}

/** A host folder that is not there is made, as Docker makes it. */
function volumeOf(text: string): MountSpec {
  const [source = "", target, mode = "rw", ...more] = text.split(":");
  if (!target?.startsWith("/") || more.length > 0)
    throw badOption("-v", text, "it is SOURCE:TARGET[:ro], with an absolute TARGET");
  if (!/[/.]/.test(source)) throw badOption("-v", text, "named volumes are not kept yet: give a folder of the host");
  const path = resolve(source);
  if (!statSync(path, { throwIfNoEntry: false })) mkdirSync(path, { recursive: true });
  const flags = mode.split(",");
  const unknown = flags.find((flag) => !["ro", "rw", "z", "Z", "cached", "delegated", "consistent"].includes(flag));
  if (unknown !== undefined) throw badOption("-v", text, `invalid mode: ${unknown}`);
  return { type: "bind", source: path, target, readonly: flags.includes("ro") };
}
