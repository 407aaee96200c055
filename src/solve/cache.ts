/**
 * What earlier builds found out, in two tables.
 *
 *     results   key of a step            → the snapshot it made, and what the key was made from
 *     contents  key and selector         → digest of the files selected from the result of the key
 *
 * The second makes an early cut-off possible: a builder that ran again and made the
 * same files gives its successors the keys they had.
 */
import { type Digest, digestOf } from "../core/index.ts";
import type { Origin, Selector, Step } from "../graph/index.ts";
import type { LayerId, Store } from "../store/index.ts";

/** Names a result: the pin of a source, or the digest of a step and of everything that went into it. */
export type Key = Digest;

/** What a key was made from. Kept with each record, so that a miss can be explained. */
export interface Ingredients {
  readonly step: Step;
  readonly base?: Key;
  readonly inputs: readonly Digest[];
}

/** An immutable file system: layers from the bottom to the top. `[]` is scratch. */
export type Snapshot = readonly LayerId[];

export interface Cache {
  /** The snapshot that `key` names, if somebody has made it and it is still there. */
  result(key: Key): Snapshot | undefined;
  /** The digest of the files that `select` picks from the result of `key`, if somebody has looked. */
  content(key: Key, select: Selector): Digest | undefined;
  putResult(key: Key, snapshot: Snapshot, from: Ingredients, origin: Origin): void;
  putContent(key: Key, select: Selector, digest: Digest): void;
}

/** What the store keeps of a step that was done. */
export interface ResultRecord {
  readonly snapshot: Snapshot;
  readonly from: Ingredients;
  readonly origin: Origin;
}

/** Names the content that `select` picks from the result of `key`. */
export function contentKey(key: Key, select: Selector): Digest {
  return digestOf([key, select]);
}

/** The cache whose tables are records of a store. A result counts when all of its layers can be had. */
export function storeCache(store: Store, available: (layer: LayerId) => boolean = (layer) => store.layers.has(layer)): Cache {
  return {
    result(key) {
      const record = store.records.get<ResultRecord>("results", key);
      if (!record?.snapshot.every(available)) return undefined;
      store.records.touch("results", key);
      return record.snapshot;
    },
    content: (key, select) => store.records.get<{ digest: Digest }>("contents", contentKey(key, select))?.digest,
    putResult: (key, snapshot, from, origin) =>
      store.records.put("results", key, { snapshot, from, origin } satisfies ResultRecord),
    putContent: (key, select, digest) => store.records.put("contents", contentKey(key, select), { digest }),
  };
}

/** A cache that begins empty and is gone with the build. */
export function memoryCache(): Cache {
  const results = new Map<Key, Snapshot>();
  const contents = new Map<Digest, Digest>();
  return {
    result: (key) => results.get(key),
    content: (key, select) => contents.get(contentKey(key, select)),
    putResult: (key, snapshot) => void results.set(key, snapshot),
    putContent: (key, select, digest) => void contents.set(contentKey(key, select), digest),
  };
}
