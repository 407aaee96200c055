/** Whether an image comes out the same when it is made again. */
import { canonicalJson, type Digest, type OnProgress } from "../core/index.ts";
import { compressionOf, type Descriptor, type ImageConfig, isIndexType, type Manifest } from "../oci/index.ts";
import { type Build, imageNotFound, type Store } from "../store/index.ts";
import { offload, type TarDifference, type TarFileName } from "../tree/index.ts";
import { build } from "./build.ts";
import { type BuildInputs, optionsFrom } from "./build-inputs.ts";
import type { BuildOptions, UsedImage } from "./build-options.ts";
import { inputsUnknown, loanMissing } from "./errors.ts";
import { findLocal } from "./resolve-image.ts";
import type { Workbench } from "./workbench.ts";

/** Where two images differ first. */
export type ImageDifference =
  /** An image that the Dockerfile names is another one now: digests of manifests. */
  | { readonly kind: "image"; readonly name: string; readonly before: Digest; readonly after: Digest }
  /** A file of a layer: `layer` is counted from 1, `createdBy` what made it. `file` is undefined where the files are the same and only the tar is written otherwise, or where a base layer was never pulled. */
  | { readonly kind: "layer"; readonly layer: number; readonly createdBy: string; readonly file?: TarDifference }
  /** One of them has more layers. */
  | { readonly kind: "layers"; readonly before: number; readonly after: number }
  /** A member of the config, such as `config.Env` or `created`. */
  | { readonly kind: "config"; readonly member: string; readonly before: string; readonly after: string };

export interface Verification {
  readonly image: Digest;
  /** What came of making it again. */
  readonly again: Digest;
  /** Undefined: they are identical. A difference of more than file times comes before one of times. */
  readonly difference?: ImageDifference;
}

export interface VerifyOptions extends Pick<BuildOptions, "loans"> {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/**
 * Makes an image of the store again from what its build was given, with nothing from the
 * cache, and compares. The image and the cache stay as they are; what was made for the
 * comparison goes with the next prune. Throws IMAGE_NOT_FOUND, INPUTS_UNKNOWN, LOAN_MISSING
 * and what `build` throws.
 */
export async function verifyImage(bench: Workbench, name: string, options: VerifyOptions = {}): Promise<Verification> {
  const { store } = bench;
  const descriptor = findLocal(store, name);
  const image = descriptor && store.images.idOf(descriptor);
  if (!image) throw imageNotFound(name);
  const made = store.builds.list().find((one) => one.image === image && one.state === "done");
  const inputs = inputsFor(made, name);
  checkLoans(name, inputs, options);
  const again = await build(bench, { ...optionsFrom(inputs), ...options });
  if (again.imageId === image) return { image, again: image };
  const difference = compareUsed(made?.used ?? [], again.used) ?? (await compareImages(store, descriptor, again.descriptor));
  return { image, again: again.imageId, ...(difference ? { difference } : {}) };
}

function inputsFor(made: Build | undefined, name: string): BuildInputs {
  if (!made) throw inputsUnknown(name, "no build");
  if (!made.inputs) throw inputsUnknown(name, "stream");
  return made.inputs as BuildInputs;
}

function checkLoans(name: string, { secrets = [], ssh = [] }: BuildInputs, { loans }: VerifyOptions): void {
  const lacking = secrets.filter((id) => !loans?.secrets.has(id));
  if (lacking.length > 0) throw loanMissing(name, "secret", lacking);
  const agents = ssh.filter((id) => !loans?.ssh.has(id));
  if (agents.length > 0) throw loanMissing(name, "ssh", agents);
}

function compareUsed(before: NonNullable<Build["used"]>, after: readonly UsedImage[]): ImageDifference | undefined {
  for (const { name, platform, digest } of before) {
    const found = after.find((one) => one.name === name && canonicalJson(one.platform) === canonicalJson(platform));
    if (found && found.digest !== digest) return { kind: "image", name, before: digest, after: found.digest };
  }
  return undefined;
}

async function compareImages(store: Store, before: Descriptor, after: Descriptor): Promise<ImageDifference | undefined> {
  const [first, second] = [manifestsOf(store, before), manifestsOf(store, after)];
  let time: ImageDifference | undefined;
  for (const [index, manifest] of first.entries()) {
    const other = second[index];
    const found = other && (await compareManifests(store, store.images.manifest(manifest), store.images.manifest(other)));
    if (found && !isTime(found)) return found;
    time ??= found;
  }
  return time;
}

function manifestsOf(store: Store, { digest, mediaType }: Descriptor): Digest[] {
  return isIndexType(mediaType) ? store.images.index(digest).manifests.map((entry) => entry.digest) : [digest];
}

async function compareManifests(store: Store, before: Manifest, after: Manifest): Promise<ImageDifference | undefined> {
  const [first, second] = [store.images.config(before.config.digest), store.images.config(after.config.digest)];
  const [old, fresh] = [first.rootfs.diff_ids, second.rootfs.diff_ids];
  const lines = (first.history ?? []).filter((line) => !line.empty_layer);
  let time: ImageDifference | undefined;
  for (const [index, diffId] of old.entries()) {
    if (fresh[index] === diffId || fresh[index] === undefined) continue;
    const tars = [tarOf(store, before, index, diffId), tarOf(store, after, index, fresh[index])] as const;
    const file = tars[0] && tars[1] && (await offload("compareTars", { before: tars[0], after: tars[1] }));
    const found = {
      kind: "layer",
      layer: index + 1,
      createdBy: lines[index]?.created_by ?? "",
      ...(file ? { file } : {}),
    } as const;
    if (!isTime(found)) return found;
    time ??= found;
  }
  if (old.length !== fresh.length) return { kind: "layers", before: old.length, after: fresh.length };
  return compareConfigs(first, second) ?? time;
}

/** The tar of a layer: as it was packed, or as the manifest has it; undefined if it was never pulled. */
function tarOf(store: Store, manifest: Manifest, index: number, diffId: Digest): TarFileName | undefined {
  const { digest, mediaType } = manifest.layers[index] as Descriptor;
  if (store.blobs.has(diffId)) return { file: store.blobs.path(diffId), compression: "none" };
  return store.blobs.has(digest)
    ? { file: store.blobs.path(digest), compression: compressionOf(mediaType) ?? "none" }
    : undefined;
}

/** Layers are compared on their own, and `created` follows from the times of their files. */
const ELSEWHERE: readonly string[] = ["rootfs", "history", "created"];

function compareConfigs(before: ImageConfig, after: ImageConfig): ImageDifference | undefined {
  const [first, second] = [before, after].map(({ config, ...rest }) => {
    const members = Object.entries(rest).filter(([name]) => !ELSEWHERE.includes(name));
    const inner = Object.entries(config ?? {}).map(([name, value]): [string, unknown] => [`config.${name}`, value]);
    const lines = (rest.history ?? []).map((line, i): [string, unknown] => [`history[${i}]`, line.created_by]);
    return new Map([...members, ...inner, ...lines].map(([name, value]) => [name, canonicalJson(value ?? null)]));
  }) as [Map<string, string>, Map<string, string>];
  for (const member of new Set([...first.keys(), ...second.keys()])) {
    const [old = "null", fresh = "null"] = [first.get(member), second.get(member)];
    if (old !== fresh) return { kind: "config", member, before: old, after: fresh };
  }
  return undefined;
}

function isTime(difference: ImageDifference): boolean {
  return difference.kind === "layer" && difference.file?.attribute === "time";
}
