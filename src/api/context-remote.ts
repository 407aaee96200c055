/** Contexts that are URLs: a git repository, or an archive or a Dockerfile behind http. */
import type { SourceText } from "../core/index.ts";
import { parseGitReference } from "../plan/index.ts";
import { fetchGit, pinGit } from "../solve/index.ts";
import { readContextStream } from "./context-stream.ts";
import { badOption } from "./errors.ts";
import { httpGet } from "./http-get.ts";
import type { Workbench } from "./workbench.ts";

/** Whether a context is not a path of this machine. */
export function isRemote(context: string): boolean {
  return /^(https?|git|ssh):\/\//.test(context) || parseGitReference(context)?.local === false;
}

/** Brings the context here. Throws GIT_*, ADD_DOWNLOAD_FAILED, OPTION_INVALID. */
export async function fetchContext(
  context: string,
  temporary: string,
  bench: Workbench,
  signal: AbortSignal,
): Promise<{ root: string; source?: SourceText }> {
  const git = parseGitReference(context);
  if (git) {
    const key = await pinGit(bench.store, git.source, signal);
    const [layer] = await fetchGit(bench.store, git.source, key, signal);
    if (layer) return { root: bench.store.layers.folder(layer) };
  }
  const answer = await httpGet(bench)(context, {}, signal);
  if (answer.status !== 200) throw badOption("the context", context, `the server answers with status ${answer.status}`);
  return readContextStream(answer.body, temporary, signal);
}
