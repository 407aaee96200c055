/** COPY, ADD and WORKDIR: files laid over a snapshot without mounting it. */

import { bug } from "../../core/index.ts";
import { resolveOwner } from "../../executor/index.ts";
import type { CopyStep, MkdirStep } from "../../graph/index.ts";
import { type CopyOptions, offload, type Packed, type TreeSource } from "../../tree/index.ts";

/** What the step works on. */
export interface CopyPlace {
  /** The layer being made. */
  readonly layer: string;
  /** Where the layer's tar goes, if it is to be made in the same pass. */
  readonly file?: string;
  /** Folders of the layers below, bottom to top. */
  readonly below: readonly string[];
  readonly accounts: () => { readonly passwd: string | undefined; readonly group: string | undefined };
  readonly signal: AbortSignal;
}

/** Copies each input's files, one action after the other: a later one sees what an earlier one has written. */
export async function performCopy(step: CopyStep, inputs: readonly TreeSource[], place: CopyPlace): Promise<Packed | undefined> {
  const { layer, file } = place;
  return offload("copyFiles", { ...copyOf(step, inputs, place), layer, ...(file ? { file } : {}) }, place.signal);
}

/** The same into the layer's tar, for a layer that no step works on. */
export function packCopy(
  step: CopyStep,
  inputs: readonly TreeSource[],
  place: Omit<CopyPlace, "layer" | "file"> & { readonly file: string },
): Promise<Packed> {
  return offload("packCopies", { ...copyOf(step, inputs, place), file: place.file }, place.signal);
}

function copyOf(step: CopyStep, inputs: readonly TreeSource[], place: Omit<CopyPlace, "layer">): CopyOptions {
  const owner = ownerOf(step.owner, place);
  const parts = step.actions.map((action, index) => {
    const source = inputs[index];
    if (!source) throw bug(`no input ${index} of a copy`);
    return { source, action };
  });
  return {
    parts,
    dest: step.dest,
    below: place.below,
    ...(owner ? { owner } : {}),
    ...(step.mode ? { mode: step.mode } : {}),
  };
}

/** Makes the directory where it is missing. */
export async function performMkdir(step: MkdirStep, place: CopyPlace): Promise<void> {
  const owner = ownerOf(step.owner, place);
  await offload(
    "makeDirectory",
    { path: step.path, layer: place.layer, below: place.below, ...(owner ? { owner } : {}) },
    place.signal,
  );
}

function ownerOf(owner: string | undefined, place: Pick<CopyPlace, "accounts">): { uid: number; gid: number } | undefined {
  if (!owner) return undefined;
  const numbers = /^(\d+):(\d+)$/.exec(owner);
  if (numbers) return { uid: Number(numbers[1]), gid: Number(numbers[2]) };
  const { passwd, group } = place.accounts();
  return resolveOwner(owner, passwd, group);
}
