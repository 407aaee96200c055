/** Media types of the OCI image-spec, and Docker's older names for the same things. */
export const MEDIA: {
  readonly index: string;
  readonly manifest: string;
  readonly config: string;
  readonly layer: string;
  readonly layerGzip: string;
  readonly layerZstd: string;
  readonly dockerIndex: string;
  readonly dockerManifest: string;
  readonly dockerConfig: string;
  readonly dockerLayer: string;
  readonly dockerLayerGzip: string;
  readonly dockerLayerZstd: string;
} = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
  layerGzip: "application/vnd.oci.image.layer.v1.tar+gzip",
  layerZstd: "application/vnd.oci.image.layer.v1.tar+zstd",
  dockerIndex: "application/vnd.docker.distribution.manifest.list.v2+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerConfig: "application/vnd.docker.container.image.v1+json",
  dockerLayer: "application/vnd.docker.image.rootfs.diff.tar",
  dockerLayerGzip: "application/vnd.docker.image.rootfs.diff.tar.gzip",
  dockerLayerZstd: "application/vnd.docker.image.rootfs.diff.tar.zstd",
};

const PAIRS: readonly (readonly [oci: string, docker: string])[] = [
  [MEDIA.index, MEDIA.dockerIndex],
  [MEDIA.manifest, MEDIA.dockerManifest],
  [MEDIA.config, MEDIA.dockerConfig],
  [MEDIA.layer, MEDIA.dockerLayer],
  [MEDIA.layerGzip, MEDIA.dockerLayerGzip],
  [MEDIA.layerZstd, MEDIA.dockerLayerZstd],
];

/** The OCI name of a media type; one that has none is left as it is. */
export function toOci(mediaType: string): string {
  return PAIRS.find(([, docker]) => docker === mediaType)?.[0] ?? mediaType;
}

/** Docker's name of a media type; one that has none is left as it is. */
export function toDocker(mediaType: string): string {
  return PAIRS.find(([oci]) => oci === mediaType)?.[1] ?? mediaType;
}

/** Whether it names a list of manifests for several platforms. */
export function isIndexType(mediaType: string): boolean {
  return toOci(mediaType) === MEDIA.index;
}

/** Whether it names the manifest of one image. */
export function isManifestType(mediaType: string): boolean {
  return toOci(mediaType) === MEDIA.manifest;
}

/** How a layer's tar is compressed. */
export type Compression = "none" | "gzip" | "zstd";

/** How a layer of this media type is compressed; undefined if the type names no layer. */
export function compressionOf(mediaType: string): Compression | undefined {
  const type = toOci(mediaType).replace(".nondistributable", "");
  if (type === MEDIA.layer) return "none";
  if (type === MEDIA.layerGzip) return "gzip";
  if (type === MEDIA.layerZstd) return "zstd";
  return undefined;
}
