/**
 * How a store lies on disk.
 *
 *     slipway.json     version of this layout, and whose user ids it counts by
 *     oci-layout       with index.json and blobs/: an OCI image layout, readable by others
 *     index.json
 *     blobs/sha256/
 *     layers/HEX/      an unpacked layer: fs/ in overlayfs form, layer.json
 *     records/TABLE/   what was found out: small JSON files by key
 *     mounts/          contents of cache mounts
 *     builds/N/        build.json, and what the processes of its steps wrote
 *     containers/ID/   container.json, and fs/ with what its process wrote
 *     volumes/NAME/    contents of a volume, in _data/
 *     locks/  tmp/
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Digest, hexOf } from "../core/index.ts";
import { isMachineRoot, ownIds } from "../tree/index.ts";
import { notAStore, storeNotWritable, storeOfOthers, storeTooNew } from "./errors.ts";
import { writeFileAtomic } from "./write.ts";

/** Version of the layout that this code reads and writes. */
const VERSION = 1;

/** Names of files and folders of one store. */
export interface StorePaths {
  readonly root: string;
  readonly layout: string;
  readonly index: string;
  readonly layers: string;
  readonly records: string;
  readonly mounts: string;
  readonly builds: string;
  readonly containers: string;
  readonly volumes: string;
  readonly locks: string;
  readonly temporary: string;
  blob(digest: Digest): string;
}

export function storePaths(root: string): StorePaths {
  return {
    root,
    layout: join(root, "oci-layout"),
    index: join(root, "index.json"),
    layers: join(root, "layers"),
    records: join(root, "records"),
    mounts: join(root, "mounts"),
    builds: join(root, "builds"),
    containers: join(root, "containers"),
    volumes: join(root, "volumes"),
    locks: join(root, "locks"),
    temporary: join(root, "tmp"),
    blob: (digest) => join(root, "blobs/sha256", hexOf(digest)),
  };
}

/**
 * Makes what is missing of a store and checks its version, and that its files have the owners they seem to have.
 * Throws STORE_TOO_NEW, STORE_OF_OTHERS, STORE_INVALID or STORE_NOT_WRITABLE.
 */
export function prepareStore(root: string): StorePaths {
  const paths = storePaths(root);
  const found = readStamp(root);
  if (found) {
    if (found.version > VERSION) throw storeTooNew(root, found.version, VERSION);
    if (!ownsFilesOf(found)) throw storeOfOthers(root);
    return paths;
  }
  try {
    for (const folder of [join(root, "blobs/sha256"), paths.layers, paths.records, paths.mounts, paths.locks, paths.temporary]) {
      mkdirSync(folder, { recursive: true, mode: 0o711 });
    }
    writeFileAtomic(paths, paths.layout, `${JSON.stringify({ imageLayoutVersion: "1.0.0" })}\n`);
    if (!exists(paths.index)) writeFileAtomic(paths, paths.index, `${JSON.stringify({ schemaVersion: 2, manifests: [] })}\n`);
    writeFileAtomic(paths, join(root, "slipway.json"), `${JSON.stringify(ownStamp())}\n`);
  } catch (error) {
    throw storeNotWritable(root, error as NodeJS.ErrnoException);
  }
  return paths;
}

/** What slipway.json says. */
interface Stamp {
  readonly version: number;
  /** Ids that the owners of its files are counted by, `INSIDE OUTSIDE COUNT` each; not there if root of the machine made it. */
  readonly ids?: readonly string[];
}

function ownStamp(): Stamp {
  if (isMachineRoot) return { version: VERSION };
  return { version: VERSION, ids: ownIds("uid").map(({ inside, outside, count }) => `${inside} ${outside} ${count}`) };
}

/** A file's owner is another one to who counts ids otherwise. Further ids do not matter. */
function ownsFilesOf({ ids }: Stamp): boolean {
  const own = ownStamp().ids;
  return own && ids ? ids.every((range) => own.includes(range)) : own === ids;
}

function readStamp(root: string): Stamp | undefined {
  let text: string;
  try {
    text = readFileSync(join(root, "slipway.json"), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw storeNotWritable(root, error as NodeJS.ErrnoException);
  }
  const stamp = parseJson(text);
  if (typeof stamp?.["version"] !== "number") throw notAStore(root, "slipway.json has no version");
  return stamp as unknown as Stamp;
}

function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function exists(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}
