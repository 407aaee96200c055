/** Images out of the store. */
import type { Digest } from "../core/index.ts";
import { familiarName, parseReference, withDefaultTag } from "../oci/index.ts";
import { imageNotFound } from "../store/index.ts";
import { imageHasNames, imageInUse } from "./errors.ts";
import { shortId } from "./images.ts";
import { findLocal } from "./resolve-image.ts";
import type { Workbench } from "./workbench.ts";

/** What was done, in Docker's words. */
export type Removal = { readonly untagged: string } | { readonly deleted: Digest };

/**
 * Takes a name away, and the image when it was its last; an ID takes the image away
 * unless it has several names. Layers and blobs stay until nothing needs them and
 * `prune` comes by. Throws IMAGE_NOT_FOUND, IMAGE_AMBIGUOUS, IMAGE_HAS_NAMES, IMAGE_IN_USE.
 */
export async function removeImage(bench: Workbench, name: string, force = false): Promise<Removal[]> {
  const { store } = bench;
  const { images } = store;
  const descriptor = findLocal(store, name);
  if (!descriptor) throw imageNotFound(name);
  const id = images.idOf(descriptor) ?? descriptor.digest;
  const names = images
    .list()
    .flatMap((image) => (image.descriptor.digest === descriptor.digest && image.name ? [image.name] : []));
  const asked = nameOf(name);
  const user = force ? undefined : store.containers.list().find((container) => container.image.id === id);
  if (asked !== undefined && names.includes(asked) && names.length > 1) {
    await images.untag(asked);
    return [{ untagged: asked }];
  }
  if (user) throw imageInUse(name, user.id.slice(0, 12), store.containers.isRunning(user.id));
  if (names.length > 1 && !force) throw imageHasNames(shortId(id));
  await images.remove(descriptor.digest);
  return [...names.map((untagged) => ({ untagged })), { deleted: id }];
}

function nameOf(text: string): string | undefined {
  try {
    return familiarName(withDefaultTag(parseReference(text)));
  } catch {
    return undefined;
  }
}
