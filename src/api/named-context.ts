/** The values of `--build-context NAME=VALUE`. */
import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { readLayout } from "../image/index.ts";
import type { Descriptor } from "../oci/index.ts";
import { type NamedContext, parseGitReference } from "../plan/index.ts";
import { fetchHttp, pinHttp } from "../solve/index.ts";
import { fetchGitContext, isRemote } from "./context-remote.ts";
import { badOption } from "./errors.ts";
import { httpGet } from "./http-get.ts";
import type { Workbench } from "./workbench.ts";

/** A named context, with the folder it lies in if it is one, and the image if it came from a layout. */
export interface OpenedName {
  readonly named: NamedContext;
  readonly folder?: string;
  /** The folder was fetched. */
  readonly elsewhere?: boolean;
  readonly layout?: Descriptor;
}

/** Reads a value, and brings here what is elsewhere. Throws OPTION_INVALID, LAYOUT_*, GIT_*, ADD_DOWNLOAD_FAILED. */
export async function openNamedContext(
  name: string,
  value: string,
  cwd: string,
  bench: Workbench,
  signal: AbortSignal,
): Promise<OpenedName> {
  if (value.startsWith("docker-image://")) return { named: { kind: "image", reference: value.slice("docker-image://".length) } };
  if (value.startsWith("oci-layout://")) return openLayout(value.slice("oci-layout://".length), cwd, bench);
  if (isRemote(value)) return { named: { kind: "context" }, folder: await fetchFolder(value, bench, signal), elsewhere: true };
  const folder = resolve(cwd, value);
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (!stat?.isDirectory())
    throw badOption("--build-context", `${name}=${value}`, stat ? "it is not a folder" : "there is no such folder");
  return { named: { kind: "context" }, folder: realpathSync(folder) };
}

/** `FOLDER[:TAG][@DIGEST]`. */
async function openLayout(value: string, cwd: string, bench: Workbench): Promise<OpenedName> {
  const [, folder = value, tag, digest] = /^(.*?)(?::([\w][\w.-]*))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(value) ?? [];
  const layout = await readLayout(bench.store, resolve(cwd, folder), digest ?? tag);
  return { named: { kind: "image", reference: `oci-layout/image@${layout.digest}` }, layout };
}

/** A repository's files, or the one file that a URL names, as ADD would bring it. */
async function fetchFolder(url: string, bench: Workbench, signal: AbortSignal): Promise<string> {
  const git = parseGitReference(url);
  if (git) return fetchGitContext(git.source, bench, signal);
  const key = await pinHttp(bench.store, { kind: "http", url }, httpGet(bench), signal);
  await fetchHttp(bench.store, key, signal);
  return bench.store.layers.folder(key);
}
