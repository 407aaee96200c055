/** Places that a cache comes from and goes to. */
import type { Digest } from "../core/index.ts";
import {
  type ContentSource,
  type ContentTarget,
  familiarName,
  parseReference,
  type Reference,
  withDefaultTag,
} from "../oci/index.ts";
import type { Store } from "../store/index.ts";
import { Layout } from "./layout.ts";

/** Where a cache is kept. */
export type CachePlace =
  | { readonly type: "registry"; readonly ref: string }
  /** An OCI image layout in a folder, in which the cache has a name: `latest` if left out. */
  | { readonly type: "local"; readonly path: string; readonly tag?: string; readonly digest?: Digest };

/** A place that is open. */
export interface OpenPlace {
  /** For people. */
  readonly name: string;
  readonly source: ContentSource;
  readonly target: ContentTarget;
  /** Tag, or digest, of the cache there. */
  readonly tag: string;
  /** Set where the place is a folder. */
  readonly layout?: Layout;
}

/** What is needed to open places. */
export interface PlaceTools {
  readonly store: Store;
  readonly repository: (reference: Reference) => Promise<{ readonly source: ContentSource; readonly target: ContentTarget }>;
}

/** Throws REFERENCE_*. Nothing is read yet. */
export async function openPlace(place: CachePlace, tools: PlaceTools): Promise<OpenPlace> {
  if (place.type === "local") {
    const layout = new Layout(place.path, tools.store);
    return { name: place.path, source: layout, target: layout, tag: place.digest ?? place.tag ?? "latest", layout };
  }
  const reference = withDefaultTag(parseReference(place.ref));
  const { source, target } = await tools.repository(reference);
  return { name: familiarName(reference), source, target, tag: reference.digest ?? reference.tag ?? "latest" };
}
