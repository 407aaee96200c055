/** What containers and volumes take of the disk, and having it back. */
import { join } from "node:path";
import { bytesBelow } from "./cache-usage.ts";
import { listContainers, removeContainer } from "./containers.ts";
import { listVolumes, removeVolume } from "./volumes.ts";
import type { Workbench } from "./workbench.ts";

/** A container or a volume, and its bytes on the disk: of a container those of its own files, without the image's. */
export interface Usage {
  /** ID of a container, name of a volume. */
  readonly name: string;
  readonly bytes: number;
  /** The container runs; the volume belongs to a container. */
  readonly active: boolean;
}

export function containerUsage(bench: Workbench): Usage[] {
  const bytes = (id: string): number => bytesBelow(join(bench.store.containers.home(id), "fs"));
  return listContainers(bench, true).map(({ id, running }) => ({ name: id, bytes: bytes(id), active: running }));
}

export function volumeUsage({ store }: Workbench): Usage[] {
  const used = new Set(store.containers.list().flatMap(({ mounts }) => mounts.map(({ name }) => name)));
  const bytes = (name: string): number => bytesBelow(join(store.paths.volumes, name));
  return listVolumes(store).map((name) => ({ name, bytes: bytes(name), active: used.has(name) }));
}

/** Removes all containers that do not run and were made before `before`, milliseconds since the epoch. Returns what went. */
export async function pruneContainers(bench: Workbench, before: number = Number.POSITIVE_INFINITY): Promise<Usage[]> {
  const made = new Map(listContainers(bench, true).map(({ id, created }) => [id, Date.parse(created)]));
  const doomed = containerUsage(bench).filter(({ name, active }) => !active && (made.get(name) ?? 0) < before);
  for (const { name } of doomed) await removeContainer(bench, name);
  return doomed;
}

/** Removes volumes that no container has: those that were given no name, with `all` the others too. Returns what went. */
export async function pruneVolumes(bench: Workbench, all = false): Promise<Usage[]> {
  const doomed = volumeUsage(bench).filter(({ name, active }) => !active && (all || /^[0-9a-f]{64}$/.test(name)));
  for (const { name } of doomed) await removeVolume(bench.store, name);
  return doomed;
}
