/** Folders that a container sees: of the host, and volumes, which the store keeps. */
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join, posix, resolve } from "node:path";
import { foldersOf, type Snapshot } from "../solve/index.ts";
import { type ContainerMount, type Store, temporaryName } from "../store/index.ts";
import { allBelow, giveOwner, offload, openView, ownerOf } from "../tree/index.ts";
import { badOption, volumeInUse, volumeMissing } from "./errors.ts";

/**
 * The mounts of a container: those of `-v`, and a volume of its own for each VOLUME of
 * the image that `-v` does not cover. A host folder that is not there is made, and a
 * new volume gets what the image has at its place, as with Docker. Throws OPTION_INVALID.
 */
export async function containerMounts(
  store: Store,
  layers: Snapshot,
  asked: readonly string[],
  declared: readonly string[],
): Promise<ContainerMount[]> {
  const mounts: ContainerMount[] = [];
  for (const text of asked) mounts.push(await mountOf(store, layers, text));
  for (const path of declared) {
    const target = posix.resolve("/", path);
    if (!mounts.some((mount) => posix.resolve(mount.target) === target)) mounts.push(await anonymous(store, layers, target));
  }
  return mounts;
}

async function mountOf(store: Store, layers: Snapshot, text: string): Promise<ContainerMount> {
  const parts = text.split(":");
  if (parts.length === 1 && text.startsWith("/")) return anonymous(store, layers, text);
  const [source = "", target = "", mode = "rw", ...more] = parts;
  if (!target.startsWith("/") || more.length > 0)
    throw badOption("-v", text, "it is SOURCE:TARGET[:ro], with an absolute TARGET");
  const flags = mode.split(",");
  const unknown = flags.find((flag) => !["ro", "rw", "z", "Z", "cached", "delegated", "consistent", "nocopy"].includes(flag));
  if (unknown !== undefined) throw badOption("-v", text, `invalid mode: ${unknown}`);
  const readonly = flags.includes("ro");
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(source))
    return { type: "volume", name: source, source: await volume(store, source, layers, target), target, readonly };
  if (!/[/.]/.test(source)) throw badOption("-v", text, "a volume's name has letters, digits, _, . and -, two at least");
  const path = resolve(source);
  if (!statSync(path, { throwIfNoEntry: false })) mkdirSync(path, { recursive: true });
  return { type: "bind", source: path, target, readonly };
}

async function anonymous(store: Store, layers: Snapshot, target: string): Promise<ContainerMount> {
  const name = randomBytes(32).toString("hex");
  const source = await volume(store, name, layers, target);
  return { type: "volume", name, source, target, readonly: false, anonymous: true };
}

/** The folder of a volume; a new one gets the image's files. */
async function volume(store: Store, name: string, layers: Snapshot, target: string): Promise<string> {
  const home = join(store.paths.volumes, name);
  const data = join(home, "_data");
  using _lock = await store.lock(`volume-${name}`);
  if (statSync(data, { throwIfNoEntry: false })) return data;
  const draft = temporaryName(store.paths);
  const layer = join(draft, "_data");
  mkdirSync(layer, { recursive: true });
  try {
    await fill(layer, layers.length > 0 ? foldersOf(store, layers) : [], target);
    mkdirSync(store.paths.volumes, { recursive: true, mode: 0o711 });
    renameSync(draft, home);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
  return data;
}

async function fill(layer: string, folders: readonly string[], target: string): Promise<void> {
  const source = { kind: "layers", folders } as const;
  const view = openView(source);
  const path = view.resolve(target);
  const found = view.lookup(path);
  if (!found?.stat.isDirectory()) return;
  await offload("copyFiles", { ...allBelow(source, `/${path}`), layer });
  giveOwner(layer, ownerOf(found.host, found.stat));
  chmodSync(layer, Number(found.stat.mode) & 0o7777);
}

/** Names of the volumes, in order. */
export function listVolumes(store: Store): string[] {
  try {
    return readdirSync(store.paths.volumes).sort();
  } catch {
    return [];
  }
}

/** Throws VOLUME_NOT_FOUND, VOLUME_IN_USE. */
export async function removeVolume(store: Store, name: string): Promise<void> {
  // A lock is a file: only of what is known to be a volume's name.
  if (!listVolumes(store).includes(name)) throw volumeMissing(name);
  using _lock = await store.lock(`volume-${name}`);
  if (!listVolumes(store).includes(name)) throw volumeMissing(name);
  const users = store.containers.list().filter(({ mounts }) => mounts.some((mount) => mount.name === name));
  if (users.length > 0)
    throw volumeInUse(
      name,
      users.map(({ id }) => id),
    );
  const doomed = temporaryName(store.paths);
  renameSync(join(store.paths.volumes, name), doomed);
  rmSync(doomed, { recursive: true, force: true });
}
