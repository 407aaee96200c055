/** All that is known of an image, in the shape that `docker inspect` prints. */
import type { ContainerConfig } from "../oci/index.ts";
import { imageNotFound } from "../store/index.ts";
import { summarize } from "./images.ts";
import { findLocal } from "./resolve-image.ts";
import type { Workbench } from "./workbench.ts";

/** An image as `docker image inspect` prints it; the order of the members is Docker's. */
export interface ImageDetails {
  readonly Id: string;
  readonly RepoTags: readonly string[];
  readonly RepoDigests: readonly string[];
  readonly Parent: string;
  readonly Comment: string;
  readonly Created: string;
  readonly DockerVersion: string;
  readonly Author: string;
  readonly Architecture: string;
  readonly Variant?: string;
  readonly Os: string;
  readonly Size: number;
  readonly GraphDriver: { readonly Name: string; readonly Data: Readonly<Record<string, string>> | null };
  readonly RootFS: { readonly Type: "layers"; readonly Layers: readonly string[] };
  readonly Metadata: { readonly LastTagTime: string };
  readonly Descriptor: { readonly mediaType: string; readonly digest: string; readonly size: number };
  readonly Config: ContainerConfig;
}

/** Throws IMAGE_NOT_FOUND and IMAGE_AMBIGUOUS. */
export function inspectImage(bench: Workbench, name: string): ImageDetails {
  const descriptor = findLocal(bench.store, name);
  const summary = descriptor && summarize(bench, undefined, descriptor);
  if (!descriptor || !summary) throw imageNotFound(name);
  const { config } = summary;
  const tags = bench.store.images.list().filter((image) => image.descriptor.digest === descriptor.digest && image.name);
  const names = tags.map((image) => image.name as string);
  const repositories = new Set(names.map((tag) => tag.replace(/:[^:/]*$/, "")));
  return {
    Id: summary.id,
    RepoTags: names,
    RepoDigests: [...repositories].map((repository) => `${repository}@${descriptor.digest}`),
    Parent: "",
    Comment: config.history?.at(-1)?.comment ?? "",
    Created: config.created ?? "",
    DockerVersion: "",
    Author: config.author ?? "",
    Architecture: config.architecture,
    ...(config.variant ? { Variant: config.variant } : {}),
    Os: config.os,
    Size: summary.size,
    GraphDriver: { Name: "slipway", Data: null },
    RootFS: { Type: "layers", Layers: config.rootfs.diff_ids },
    Metadata: { LastTagTime: "0001-01-01T00:00:00Z" },
    Descriptor: { mediaType: descriptor.mediaType, digest: descriptor.digest, size: descriptor.size },
    Config: config.config ?? {},
  };
}
