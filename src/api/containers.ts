/** Containers that are kept: those that run, and those whose process has ended. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerConfig } from "../oci/index.ts";
import type { Container } from "../store/index.ts";
import { containerRunning } from "./errors.ts";
import { removeVolume } from "./volumes.ts";
import type { Workbench } from "./workbench.ts";

/** A container as lists show it. */
export interface ContainerSummary extends Container {
  readonly running: boolean;
}

/** Newest first; without `all` only those that run. */
export function listContainers(bench: Workbench, all = false): ContainerSummary[] {
  const { containers } = bench.store;
  const found = containers.list().map((container) => ({ ...container, running: containers.isRunning(container.id) }));
  return found.filter(({ running }) => all || running);
}

/** A container by name, ID or the beginning of one. Throws CONTAINER_NOT_FOUND, CONTAINER_AMBIGUOUS. */
export function findContainer(bench: Workbench, name: string): ContainerSummary {
  const container = bench.store.containers.find(name);
  return { ...container, running: bench.store.containers.isRunning(container.id) };
}

export interface RemoveContainerOptions {
  /** Ends the process first, if it runs. */
  readonly force?: boolean;
  /** Its volumes without a name go as well. */
  readonly volumes?: boolean;
  readonly signal?: AbortSignal;
}

const PATIENCE_MS = 10_000;

/** Throws CONTAINER_NOT_FOUND, CONTAINER_RUNNING. */
export async function removeContainer(bench: Workbench, name: string, options: RemoveContainerOptions = {}): Promise<void> {
  const container = findContainer(bench, name);
  if (container.running && !options.force) throw containerRunning(container.name);
  if (container.running) await end(bench, container, options.signal);
  await discard(bench, container, options.volumes ?? false);
}

/** Whoever runs it ends the process and cleans up; if it does not, it is ended itself. */
async function end(bench: Workbench, { id, pid }: Container, signal: AbortSignal | undefined): Promise<void> {
  process.kill(pid, "SIGTERM");
  for (let waited = 0; bench.store.containers.isRunning(id); waited += 50) {
    if (waited >= PATIENCE_MS) process.kill(pid, "SIGKILL");
    await sleep(50, undefined, signal ? { signal } : {});
  }
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
  const { id, running, config, argv, image, mounts } = container;
  const bindings = bindingsOf(container);
  return {
    Id: id,
    Created: container.created,
    Path: argv[0] ?? "",
    Args: argv.slice(1),
    State: {
      Status: running ? "running" : "exited",
      Running: running,
      Pid: running ? container.pid : 0,
      ExitCode: container.exitCode ?? (running ? 0 : KILLED),
      StartedAt: container.created,
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
