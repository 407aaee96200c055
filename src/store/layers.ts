/** Unpacked layers by id, each a folder in overlayfs form. */
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { type Digest, hexOf } from "../core/index.ts";
import { giveOwner, ownerOf } from "../tree/index.ts";
import { acquireLock } from "./lock.ts";
import type { StorePaths } from "./paths.ts";
import { moveInto, temporaryName, writeError, writeFileAtomic } from "./write.ts";

/** Names a layer: its diffID if it was pulled, the key of its step if it was built. */
export type LayerId = Digest;

/** What a layer is as a tar. */
export interface LayerDiff {
  /** Digest of the uncompressed tar. */
  readonly diffId: Digest;
  /** Bytes of that tar. */
  readonly size: number;
  /** The time of the newest file in it, in milliseconds since the epoch; 0 if it is empty. */
  readonly newest: number;
}

/** A layer that is being made. */
export interface Draft {
  /** To be filled; becomes the layer. */
  readonly folder: string;
  /** An empty folder on the same file system, for overlayfs. */
  readonly work: string;
}

export class Layers {
  readonly #paths: StorePaths;
  readonly #diffs = new Map<LayerId, Promise<LayerDiff>>();

  constructor(paths: StorePaths) {
    this.#paths = paths;
  }

  /** The layer's files. */
  folder(id: LayerId): string {
    return join(this.#home(id), "fs");
  }

  has(id: LayerId): boolean {
    return statSync(this.#home(id), { throwIfNoEntry: false }) !== undefined;
  }

  /**
   * Makes a layer unless it is there, one maker at a time. `below` are the folders it
   * lies on, bottom to top: overlayfs shows the top folder's own mode, owner and time
   * as those of the root, so a new layer starts with those of the one below.
   * What `fill` returns about the tar is kept.
   */
  async make(
    id: LayerId,
    below: readonly string[],
    fill: (draft: Draft) => Promise<LayerDiff | undefined>,
    signal?: AbortSignal,
  ): Promise<void> {
    using _lock = await acquireLock(this.#paths, `layer-${hexOf(id)}`, "exclusive", signal);
    if (this.has(id)) return;
    const home = temporaryName(this.#paths);
    const draft = { folder: join(home, "fs"), work: join(home, "work") };
    try {
      mkdirSync(home, { mode: 0o711 });
      mkdirSync(draft.folder);
      mkdirSync(draft.work);
      takeOverRoot(draft.folder, below.at(-1));
      const diff = await fill(draft);
      rmSync(draft.work, { recursive: true, force: true });
      if (diff) writeFileAtomic(this.#paths, join(home, "diff.json"), JSON.stringify(diff));
      moveInto(home, this.#home(id));
    } catch (error) {
      rmSync(home, { recursive: true, force: true });
      throw writeError(this.#paths, error);
    }
  }

  /** What the layer is as a tar, worked out by `pack` at most once and kept. */
  diff(id: LayerId, pack: (folder: string) => Promise<LayerDiff>): Promise<LayerDiff> {
    const known = this.#diffs.get(id) ?? this.#findDiff(id, pack);
    this.#diffs.set(id, known);
    return known;
  }

  /** What the layer is as a tar, if somebody has worked it out. */
  knownDiff(id: LayerId): LayerDiff | undefined {
    try {
      return JSON.parse(readFileSync(join(this.#home(id), "diff.json"), "utf8")) as LayerDiff;
    } catch {
      return undefined;
    }
  }

  async #findDiff(id: LayerId, pack: (folder: string) => Promise<LayerDiff>): Promise<LayerDiff> {
    const known = this.knownDiff(id);
    if (known) return known;
    const diff = await pack(this.folder(id));
    writeFileAtomic(this.#paths, join(this.#home(id), "diff.json"), JSON.stringify(diff));
    return diff;
  }

  list(): LayerId[] {
    return readdirSync(this.#paths.layers).map((hex): LayerId => `sha256:${hex}`);
  }

  /** Takes a layer out of the store at once, then deletes its files. */
  remove(id: LayerId): void {
    const doomed = temporaryName(this.#paths);
    try {
      renameSync(this.#home(id), doomed);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      throw error;
    }
    this.#diffs.delete(id);
    rmSync(doomed, { recursive: true, force: true });
  }

  #home(id: LayerId): string {
    return join(this.#paths.layers, hexOf(id));
  }
}

function takeOverRoot(folder: string, below: string | undefined): void {
  if (!below) {
    chmodSync(folder, 0o755);
    return;
  }
  const stat = lstatSync(below);
  giveOwner(folder, ownerOf(below, stat));
  chmodSync(folder, stat.mode & 0o7777);
  utimesSync(folder, stat.atime, stat.mtime);
}
