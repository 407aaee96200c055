import { familiarName, parseReference, withDefaultTag } from "../oci/index.ts";
import { imageNotFound } from "../store/index.ts";
import { findLocal } from "./resolve-image.ts";
import type { Workbench } from "./workbench.ts";

/** Gives an image one more name, which another image loses. Throws IMAGE_NOT_FOUND and those of names. */
export async function tagImage(bench: Workbench, source: string, target: string): Promise<void> {
  const descriptor = findLocal(bench.store, source);
  if (!descriptor) throw imageNotFound(source);
  await bench.store.images.tag(descriptor, [familiarName(withDefaultTag(parseReference(target)))]);
}
