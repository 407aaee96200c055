/** Contexts that are URLs: a git repository, or an archive or a Dockerfile behind http. */
import type { SourceText } from "../core/index.ts";
import type { Source } from "../graph/index.ts";
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
  if (git) return { root: await fetchGitContext(git.source, bench, signal) };
  const answer = await httpGet(bench)(context, {}, signal);
  if (answer.status !== 200) throw badOption("the context", context, `the server answers with status ${answer.status}`);
  let broken: Error | undefined;
  answer.body.once("error", (error: Error) => {
    broken = error;
  });
  try {
    return await readContextStream(answer.body, temporary, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw broken ? badOption("the context", context, `the server ended the answer early: ${broken.message}`) : error;
  }
}

/** The folder of a repository's files. Throws GIT_*. */
export async function fetchGitContext(
  source: Extract<Source, { kind: "git" }>,
  bench: Workbench,
  signal: AbortSignal,
): Promise<string> {
  const key = await pinGit(bench.store, source, signal);
  await fetchGit(bench.store, source, key, signal);
  return bench.store.layers.folder(key);
}
