/** Which repositories have a blob, as far as pulls and pushes have found out: a push need not send what its registry has elsewhere. */
import type { Digest } from "../core/index.ts";
import { parseReference, repositoryName } from "../oci/index.ts";
import type { Store } from "../store/index.ts";

const TABLE = "places";
const MOST = 5;

interface Places {
  /** In full, such as `docker.io/library/busybox`; the newest first. */
  readonly repositories: readonly string[];
}

/** Remembers that a repository has a blob. `reference` is any name in it. */
export function notePlace(store: Store, digest: Digest, reference: string): void {
  const name = repositoryName(parseReference(reference));
  const known = placesOf(store, digest);
  if (known[0] === name) return;
  const repositories = [name, ...known.filter((other) => other !== name)].slice(0, MOST);
  store.records.put(TABLE, digest, { repositories } satisfies Places);
}

export function placesOf(store: Store, digest: Digest): readonly string[] {
  return store.records.get<Places>(TABLE, digest)?.repositories ?? [];
}
