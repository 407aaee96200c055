/** A container in the foreground: an image's config and files, one process. */
import { join, posix } from "node:path";
import { allSettled, type OnProgress, parseByteSize } from "../core/index.ts";
import {
  homeOf,
  type MountSpec,
  type OpenPorts,
  openPorts,
  type ProcessIo,
  parsePublish,
  parseUlimit,
  resolveUser,
  type SendSignal,
} from "../executor/index.ts";
import { adviseRun, type RunAdvice } from "../lint/index.ts";
import type { ContainerConfig } from "../oci/index.ts";
import { accountsOf, fetchImage, foldersOf } from "../solve/index.ts";
import type { Container } from "../store/index.ts";
import { containerLog } from "./container-log.ts";
import { discard, KILLED, signalNamed } from "./containers.ts";
import { badOption, nothingToRun } from "./errors.ts";
import { hiddenFiles } from "./hidden-files.ts";
import { keptDescriptor } from "./pull.ts";
import { type PullPolicy, resolveImage } from "./resolve-image.ts";
import { containerMounts } from "./volumes.ts";
import type { Workbench } from "./workbench.ts";

export interface RunOptions {
  readonly image: string;
  /** What the container is called; two words if left out. */
  readonly name?: string;
  /** Whether the container goes when its process ends, with its volumes that have no name. */
  readonly remove?: boolean;
  /** `[[ADDRESS:]HOST-PORT:]PORT`. */
  readonly publish?: readonly string[];
  /** All ports of EXPOSE are open on the host, under any number that is free. */
  readonly publishAll?: boolean;
  /** Instead of the image's CMD. */
  readonly args?: readonly string[];
  /** `NAME=value`, after the image's. */
  readonly env?: readonly string[];
  /** `SOURCE:TARGET[:ro]`, where SOURCE is a folder of the host or the name of a volume; or TARGET alone. */
  readonly volumes?: readonly string[];
  readonly user?: string;
  readonly workdir?: string;
  /** Instead of the image's; an empty list clears it. */
  readonly entrypoint?: readonly string[];
  readonly hostname?: string;
  /** `NAME=value` or `NAME`, besides the image's. */
  readonly labels?: readonly string[];
  /** What `stopContainer` sends, instead of the image's. */
  readonly stopSignal?: string;
  /** The host's if left out. */
  readonly network?: "host" | "none";
  readonly pull?: PullPolicy;
  readonly readonlyRoot?: boolean;
  /** `name:address`. */
  readonly addHosts?: readonly string[];
  readonly shmSizeBytes?: number;
  /** `type=soft[:hard]`. */
  readonly ulimits?: readonly string[];
  readonly capAdd?: readonly string[];
  readonly capDrop?: readonly string[];
  /** `TARGET[:size=BYTES]`: folders in memory. */
  readonly tmpfs?: readonly string[];
  readonly privileged?: boolean;
  /** A terminal for the process; `io` must then be inherited. */
  readonly terminal?: { readonly rows: number; readonly columns: number };
  /** Where its process reads and writes; `log` keeps what it prints in the container, for `logs`. */
  readonly io: ProcessIo | { readonly log: true };
  /** Told before the process begins. */
  readonly onAdvice?: (advice: RunAdvice) => void;
  /** Called when the process has begun. */
  readonly onStarted?: (started: StartedContainer) => void;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** A container whose process has begun. */
export interface StartedContainer {
  readonly id: string;
  readonly send: SendSignal;
}

/**
 * Runs a container to its end. Returns the exit code of its process: 126 and 127 as the
 * shell has them, 128 and the signal's number if it was killed. The container is kept for
 * `commit` and `inspect` unless it is to be removed. Throws what finding and fetching the
 * image throws, RUN_NO_COMMAND, USER_UNKNOWN, CONTAINER_NAME_TAKEN, PORT_TAKEN, EXECUTOR_*.
 */
export async function runContainer(bench: Workbench, options: RunOptions): Promise<number> {
  const { store } = bench;
  const signal = options.signal ?? new AbortController().signal;
  const { id, lock } = await store.containers.reserve(signal);
  using _running = lock;
  const { container, ports } = await created(bench, id, options, signal);
  let exitCode: number | undefined;
  try {
    if (options.onAdvice) for (const advice of adviceFor(bench, container, options)) options.onAdvice(advice);
    exitCode = await execute(bench, container, options, signal);
    return exitCode;
  } finally {
    ports.close();
    if (container.removeAtEnd) await discard(bench, container, true);
    else store.containers.update({ ...container, finished: new Date().toISOString(), exitCode: exitCode ?? KILLED });
  }
}

/** A container to be looked into: all that `run` would be told, but for what only its process needs. */
export type CreateOptions = Omit<RunOptions, "io" | "onAdvice" | "onStarted" | "terminal" | "publish" | "publishAll" | "remove">;

/**
 * Makes a container whose process is not started: its files are there for
 * `copyFromContainer`, `exportContainer` and `commitContainer`. Returns its ID. Throws as `runContainer`.
 */
export async function createContainer(bench: Workbench, options: CreateOptions): Promise<string> {
  const signal = options.signal ?? new AbortController().signal;
  const { id, lock } = await bench.store.containers.reserve(signal);
  using _reserved = lock;
  await created(bench, id, options, signal, true);
  return id;
}

/** The image is fetched, ports are opened, and the container is in the store: from now on that keeps its layers. */
async function created(
  bench: Workbench,
  id: string,
  options: Omit<RunOptions, "io">,
  signal: AbortSignal,
  isNew = false,
): Promise<{ readonly container: Container; readonly ports: OpenPorts }> {
  const { store } = bench;
  using _lock = await store.use(signal);
  const image = await resolveImage(bench, options.image, bench.platform, options.pull ?? "missing");
  const layers = await fetchLayers(bench, image, signal, options.onProgress ?? (() => {}));
  if (image.remote && !image.byDigest) await store.images.tag(keptDescriptor(bench, image.top, image.manifest), [image.familiar]);
  const config = configOf(image.config.config ?? {}, options);
  const argv = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  if (argv.length === 0) throw nothingToRun(options.image);
  const exposed = options.publishAll ? Object.keys(config.ExposedPorts ?? {}).filter((port) => !port.includes("/udp")) : [];
  const ports = await openPorts([...(options.publish ?? []), ...exposed].flatMap(parsePublish));
  try {
    const container: Container = {
      id,
      name: options.name ?? nameFor(id),
      image: { name: options.image, id: store.images.manifest(image.manifest).config.digest, manifest: image.manifest },
      layers,
      config,
      argv,
      hostname: options.hostname ?? id.slice(0, 12),
      ports: ports.ports,
      mounts: await containerMounts(store, layers, options.volumes ?? [], Object.keys(config.Volumes ?? {})),
      removeAtEnd: options.remove ?? false,
      created: new Date().toISOString(),
      pid: process.pid,
      ...(isNew ? { isNew } : {}),
    };
    await store.containers.add(container);
    return { container, ports };
  } catch (error) {
    ports.close();
    throw error;
  }
}

function adviceFor({ store }: Workbench, { config, layers, mounts }: Container, options: RunOptions): RunAdvice[] {
  const { publish = [], publishAll = false, network } = options;
  return adviseRun({
    exposed: Object.keys(config.ExposedPorts ?? {}),
    settled: publish.length > 0 || publishAll || network !== undefined,
    hidden: hiddenFiles(store, layers, mounts),
  });
}

async function execute(bench: Workbench, container: Container, options: RunOptions, signal: AbortSignal): Promise<number> {
  const { store } = bench;
  const { config, layers, mounts } = container;
  const home = store.containers.home(container.id);
  const root = { folders: foldersOf(store, layers), upper: join(home, "fs"), work: join(home, "work"), volatile: true };
  const { passwd, group } = accountsOf(store, layers);
  const user = resolveUser(config.User ?? "", passwd, group);
  const executor = await bench.executor();
  const spec = {
    argv: container.argv,
    env: envOf(config, options, homeOf(user.uid, passwd)),
    cwd: posix.resolve("/", config.WorkingDir || "/"),
    user,
    network: options.network ?? ("host" as const),
    privileged: options.privileged ?? false,
    keepCaller: options.user !== undefined,
    hostname: container.hostname,
    ...(options.readonlyRoot ? { readonlyRoot: true } : {}),
    ...(options.shmSizeBytes ? { shmSizeBytes: options.shmSizeBytes } : {}),
    addHosts: options.addHosts ?? [],
    ulimits: (options.ulimits ?? []).map(parseUlimit),
    capAdd: options.capAdd ?? [],
    capDrop: options.capDrop ?? [],
    ...(options.terminal ? { terminal: options.terminal } : {}),
  };
  const binds = mounts.map(
    ({ type, source, target, readonly }): MountSpec => ({
      type: "bind",
      source,
      target,
      readonly,
      replaceable: type === "volume",
    }),
  );
  const onStarted = (send: SendSignal): void => options.onStarted?.({ id: container.id, send });
  const io = "log" in options.io ? { onOutput: containerLog(store, container.id) } : options.io;
  const status = await executor.run(spec, root, [...binds, ...(options.tmpfs ?? []).map(tmpfsOf)], { ...io, onStarted }, signal);
  return status.code;
}

function tmpfsOf(text: string): MountSpec {
  const [target = "", ...rest] = text.split(":");
  const size = /(?:^|,)size=(\w+)/.exec(rest.join(":"))?.[1];
  const sizeBytes = size === undefined ? undefined : parseByteSize(size, "binary");
  if (!target.startsWith("/") || typeof sizeBytes === "object")
    throw badOption("--tmpfs", text, "it is TARGET[:size=BYTES], with an absolute TARGET");
  return { type: "tmpfs", target, ...(sizeBytes ? { sizeBytes } : {}) };
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

/** The image's config with what was asked for. A new entrypoint makes the image's CMD meaningless. */
function configOf(config: ContainerConfig, options: Omit<RunOptions, "io">): ContainerConfig {
  const { entrypoint, args, user, workdir, labels = [], stopSignal } = options;
  if (stopSignal !== undefined && !signalNamed(stopSignal))
    throw badOption("--stop-signal", stopSignal, "it is a signal, such as SIGINT");
  return {
    ...config,
    ...(stopSignal === undefined ? {} : { StopSignal: stopSignal }),
    ...(labels.length === 0 ? {} : { Labels: { ...config.Labels, ...Object.fromEntries(labels.map(splitLabel)) } }),
    ...(entrypoint ? { Entrypoint: entrypoint, Cmd: [] } : {}),
    ...(args?.length ? { Cmd: args } : {}),
    ...(user === undefined ? {} : { User: user }),
    ...(workdir === undefined ? {} : { WorkingDir: posix.resolve("/", workdir) }),
    Env: [
      ...new Map(
        [...(config.Env ?? []), ...(options.env ?? [])].map((pair) => [pair.slice(0, pair.indexOf("=")), pair]),
      ).values(),
    ],
  };
}

function splitLabel(text: string): [string, string] {
  const equals = text.indexOf("=");
  return equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
}

const DEFAULT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

function envOf(config: ContainerConfig, options: RunOptions, home: string): string[] {
  const env = new Map<string, string>();
  for (const pair of [DEFAULT_PATH, `HOME=${home}`, ...(options.terminal ? ["TERM=xterm"] : []), ...(config.Env ?? [])]) {
    env.set(pair.slice(0, pair.indexOf("=")), pair);
  }
  return [...env.values()];
}

const QUALITIES = [
  "calm",
  "bright",
  "steady",
  "swift",
  "broad",
  "early",
  "quiet",
  "fair",
  "deep",
  "high",
  "clear",
  "bold",
  "mild",
  "keen",
  "warm",
  "free",
];
const THINGS = [
  "keel",
  "mast",
  "anchor",
  "harbour",
  "tide",
  "pier",
  "hull",
  "sail",
  "beacon",
  "rudder",
  "buoy",
  "current",
  "wharf",
  "bow",
  "helm",
  "quay",
];

/** A name for a container that was given none: easier to say than its ID. */
function nameFor(id: string): string {
  const byte = (at: number): number => Number.parseInt(id.slice(at, at + 2), 16);
  return `${QUALITIES[byte(0) % QUALITIES.length]}_${THINGS[byte(2) % THINGS.length]}_${id.slice(4, 8)}`;
}
