/** Containers that are kept: those that run, and those whose process has ended. */
import { constants } from "node:os";
import type { ContainerConfig } from "../oci/index.ts";
import type { Container } from "../store/index.ts";
import { containerNotRunning, containerRunning } from "./errors.ts";
import { removeVolume } from "./volumes.ts";
import type { Workbench } from "./workbench.ts";

/** A container as lists show it. */
export interface ContainerSummary extends Container {
  readonly running: boolean;
  readonly state: "created" | "running" | "exited";
}

function summaryOf(bench: Workbench, container: Container): ContainerSummary {
  const running = container.isNew !== true && bench.store.containers.isRunning(container.id);
  return { ...container, running, state: running ? "running" : container.isNew ? "created" : "exited" };
}

/** Newest first; without `all` only those that run. */
export function listContainers(bench: Workbench, all = false): ContainerSummary[] {
  const found = bench.store.containers.list().map((container) => summaryOf(bench, container));
  return found.filter(({ running }) => all || running);
}

/** A container by name, ID or the beginning of one. Throws CONTAINER_NOT_FOUND, CONTAINER_AMBIGUOUS. */
export function findContainer(bench: Workbench, name: string): ContainerSummary {
  return summaryOf(bench, bench.store.containers.find(name));
}

export interface RemoveContainerOptions {
  /** Ends the process first, if it runs. */
  readonly force?: boolean;
  /** Its volumes without a name go as well. */
  readonly volumes?: boolean;
  readonly signal?: AbortSignal;
}

/** Throws CONTAINER_NOT_FOUND, CONTAINER_RUNNING. */
export async function removeContainer(bench: Workbench, name: string, options: RemoveContainerOptions = {}): Promise<void> {
  const container = findContainer(bench, name);
  if (container.running && !options.force) throw containerRunning(container.name);
  if (container.running) await kill(bench, container, options.signal);
  await discard(bench, container, options.volumes ?? false);
}

export interface StopOptions {
  /** Instead of the image's STOPSIGNAL; SIGTERM if it has none. */
  readonly stopSignal?: NodeJS.Signals;
  /** How long the process may take; 10 seconds if left out. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Asks the process of a container to end, and ends it when it takes too long. Throws CONTAINER_NOT_FOUND. */
export async function stopContainer(bench: Workbench, name: string, options: StopOptions = {}): Promise<void> {
  const container = findContainer(bench, name);
  if (!container.running) return;
  const asked = options.stopSignal ?? signalNamed(container.config.StopSignal);
  if (asked && asked !== "SIGKILL") {
    process.kill(container.pid, asked);
    const late = AbortSignal.timeout(options.timeoutMs ?? 10_000);
    const either = options.signal ? AbortSignal.any([late, options.signal]) : late;
    try {
      await bench.store.containers.ended(container.id, either);
      return;
    } catch (error) {
      if (!late.aborted) throw error;
    }
  }
  await kill(bench, container, options.signal);
}

/** Sends a signal to the process of a container; SIGKILL ends it and all it has started. Throws CONTAINER_NOT_FOUND, CONTAINER_NOT_RUNNING. */
export async function killContainer(bench: Workbench, name: string, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
  const container = findContainer(bench, name);
  if (!container.running) throw containerNotRunning(name);
  if (signal === "SIGKILL") await kill(bench, container, undefined);
  else process.kill(container.pid, signal);
}

/** Waits until the process of a container has ended, and returns its exit code. Throws CONTAINER_NOT_FOUND. */
export async function waitForContainer(bench: Workbench, name: string, signal?: AbortSignal): Promise<number> {
  const { id } = findContainer(bench, name);
  await bench.store.containers.ended(id, signal);
  const { state, exitCode } = findContainer(bench, id);
  return exitCode ?? (state === "created" ? 0 : KILLED);
}

/** Signals that the program which runs a container passes on to its process. */
export const PASSED_ON: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH"];

/** A signal by name, with or without SIG, or by number. SIGTERM for those that cannot be passed on; undefined if it is none. */
export function signalNamed(text: string | undefined): NodeJS.Signals | undefined {
  if (text === undefined || text === "") return "SIGTERM";
  const known = Object.entries(constants.signals) as [NodeJS.Signals, number][];
  const name = text.toUpperCase().replace(/^(SIG)?/, "SIG");
  const found = known.find(([each, number]) => each === name || String(number) === text)?.[0];
  if (found === undefined) return /^SIGRT(MIN|MAX)/.test(name) ? "SIGTERM" : undefined;
  return found === "SIGKILL" || PASSED_ON.includes(found) ? found : "SIGTERM";
}

/** Ends whoever runs the container; the kernel and the native helper end its process with that. */
async function kill(bench: Workbench, container: Container, signal: AbortSignal | undefined): Promise<void> {
  const { containers } = bench.store;
  process.kill(container.pid, "SIGKILL");
  await containers.ended(container.id, signal);
  if (container.removeAtEnd) await discard(bench, container, true);
  else containers.update({ ...container, finished: new Date().toISOString(), exitCode: KILLED });
}

/** Takes a container out of the store, unless it has gone by itself. */
export async function discard(bench: Workbench, { id, mounts }: Container, volumes: boolean): Promise<void> {
  const { store } = bench;
  if (store.containers.list().some((container) => container.id === id)) store.containers.remove(id);
  if (!volumes) return;
  for (const mount of mounts) if (mount.anonymous && mount.name) await removeVolume(store, mount.name);
}

/** A container as `docker inspect` prints it. */
export interface ContainerDetails {
  readonly Id: string;
  readonly Created: string;
  readonly Path: string;
  readonly Args: readonly string[];
  readonly State: Readonly<Record<string, unknown>>;
  readonly Image: string;
  readonly Name: string;
  readonly Mounts: readonly Readonly<Record<string, unknown>>[];
  readonly Config: ContainerConfig & Readonly<Record<string, unknown>>;
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly NetworkSettings: Readonly<Record<string, unknown>>;
}

const NEVER = "0001-01-01T00:00:00Z";

/** Throws CONTAINER_NOT_FOUND, CONTAINER_AMBIGUOUS. */
export function inspectContainer(bench: Workbench, name: string): ContainerDetails {
  const container = findContainer(bench, name);
  const { id, running, state, config, argv, image, mounts } = container;
  const bindings = bindingsOf(container);
  return {
    Id: id,
    Created: container.created,
    Path: argv[0] ?? "",
    Args: argv.slice(1),
    State: {
      Status: state,
      Running: running,
      Pid: running ? container.pid : 0,
      ExitCode: container.exitCode ?? (state === "exited" ? KILLED : 0),
      StartedAt: state === "created" ? NEVER : container.created,
      FinishedAt: container.finished ?? NEVER,
    },
    Image: image.id,
    Name: `/${container.name}`,
    Mounts: mounts.map((mount) => ({
      Type: mount.type,
      ...(mount.name ? { Name: mount.name } : {}),
      Source: mount.source,
      Destination: mount.target,
      RW: !mount.readonly,
    })),
    Config: { Hostname: container.hostname, Image: image.name, ...config },
    HostConfig: {
      Binds: mounts.flatMap((mount) =>
        mount.anonymous ? [] : `${mount.name ?? mount.source}:${mount.target}${mount.readonly ? ":ro" : ""}`,
      ),
      NetworkMode: "host",
      PortBindings: bindings,
      AutoRemove: container.removeAtEnd,
    },
    NetworkSettings: { Ports: { ...closed(config), ...bindings } },
  };
}

/** What a shell says of a process that was killed; the runner was, or it would have said. */
export const KILLED = 137;

function bindingsOf({ ports }: Container): Record<string, { HostIp: string; HostPort: string }[]> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const { containerPort, hostAddress, hostPort } of ports) {
    const key = `${containerPort}/tcp`;
    bindings[key] = [...(bindings[key] ?? []), { HostIp: hostAddress, HostPort: String(hostPort) }];
  }
  return bindings;
}

function closed(config: ContainerConfig): Record<string, null> {
  return Object.fromEntries(Object.keys(config.ExposedPorts ?? {}).map((port) => [port, null]));
}
