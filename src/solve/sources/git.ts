/**
 * ADD of a git repository, and contexts that are one: through the git program.
 *
 * The key is the commit that the reference names now, so an unchanged branch leaves all
 * steps cached without a clone.
 */
import { execFile } from "node:child_process";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { digestOf } from "../../core/index.ts";
import type { Source } from "../../graph/index.ts";
import { type Store, temporaryName } from "../../store/index.ts";
import { openView, setTreeTime } from "../../tree/index.ts";
import type { Key, Snapshot } from "../cache.ts";
import { gitCheckoutMismatch, gitFailed, gitMissing, gitRefMissing, gitSubdirMissing } from "../errors.ts";

type GitSource = Extract<Source, { kind: "git" }>;

const run = promisify(execFile);
/** What a shell ends with when there is no such program. */
const NOT_FOUND = 127;
/** Never asks at a terminal, reads no configuration of the machine that could start programs. */
const ENV = { GIT_TERMINAL_PROMPT: "0", GIT_CONFIG_NOSYSTEM: "1", GIT_SSH_COMMAND: "ssh -o BatchMode=yes" };

/** Asks the repository for the commit. Throws GIT_FAILED, GIT_REF_MISSING, GIT_MISSING. */
export async function pinGit(store: Store, source: GitSource, signal: AbortSignal): Promise<Key> {
  const commit = await commitOf(source, signal);
  if (source.checksum && !commit.startsWith(source.checksum)) throw gitCheckoutMismatch(source.url, source.checksum, commit);
  const key = digestOf(["git", source.url, commit, source.subdir, source.keepGitDir, source.submodules]);
  store.records.put("git", key, { commit });
  return key;
}

/** The files of the commit in a layer of their own. */
export async function fetchGit(store: Store, source: GitSource, key: Key, signal: AbortSignal): Promise<Snapshot> {
  const commit = store.records.get<{ commit: string }>("git", key)?.commit ?? source.ref;
  await store.layers.make(
    key,
    [],
    async ({ folder }) => {
      const clone = temporaryName(store.paths);
      try {
        await checkOut(source, commit, clone, signal);
        const from = folderIn(clone, source.subdir);
        if (!from) throw gitSubdirMissing(source.url, source.subdir);
        const committed = await git(["-C", clone, "show", "-s", "--format=%ct", "HEAD"], source.url, signal);
        setTreeTime(from, Number(committed));
        rmSync(folder, { recursive: true });
        renameSync(from, folder);
        if (!source.keepGitDir) rmSync(join(folder, ".git"), { recursive: true, force: true });
      } finally {
        rmSync(clone, { recursive: true, force: true });
      }
      return undefined;
    },
    signal,
  );
  return [key];
}

/** A folder of the clone; links of the repository are followed inside it, never out of it. */
function folderIn(clone: string, subdir: string): string | undefined {
  const view = openView({ kind: "folder", root: clone, ignore: [] });
  const node = view.lookup(view.resolve(subdir));
  return node?.stat.isDirectory() ? node.host : undefined;
}

async function commitOf(source: GitSource, signal: AbortSignal): Promise<string> {
  if (/^[0-9a-f]{40}$/.test(source.ref)) return source.ref;
  const ref = source.ref || "HEAD";
  const listing = await git(["ls-remote", "--", source.url, ref, `${ref}^{}`], source.url, signal);
  const lines = listing.split("\n").map((line) => line.split("\t"));
  const names = [`refs/tags/${ref}^{}`, `refs/heads/${ref}`, `refs/tags/${ref}`, `${ref}^{}`, ref];
  for (const name of names) {
    const commit = lines.find(([, found]) => found === name)?.[0];
    if (commit) return commit;
  }
  throw gitRefMissing(source.url, ref);
}

async function checkOut(source: GitSource, commit: string, clone: string, signal: AbortSignal): Promise<void> {
  mkdirSync(clone, { mode: 0o755 });
  const at = ["-C", clone];
  await git([...at, "init", "-q"], source.url, signal);
  await git([...at, "remote", "add", "--", "origin", source.url], source.url, signal);
  try {
    await git([...at, "fetch", "-q", "--depth=1", "--", "origin", commit], source.url, signal);
  } catch {
    // Not every server gives a commit by its name: fetch what it has and look there.
    await git([...at, "fetch", "-q", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*"], source.url, signal);
  }
  await git([...at, "-c", "advice.detachedHead=false", "checkout", "-q", commit], source.url, signal);
  if (source.submodules)
    await git([...at, "submodule", "update", "-q", "--init", "--recursive", "--depth=1"], source.url, signal);
}

async function git(args: readonly string[], url: string, signal: AbortSignal): Promise<string> {
  try {
    // The mode of what is checked out comes from the umask.
    const words = ["-c", 'umask 022; exec git "$@"', "git", ...args];
    const { stdout } = await run("/bin/sh", words, { signal, env: { ...process.env, ...ENV }, maxBuffer: 64 << 20 });
    return stdout;
  } catch (error) {
    const failure = error as Error & { code?: unknown; stderr?: string };
    if (failure.code === NOT_FOUND) throw gitMissing();
    signal.throwIfAborted();
    throw gitFailed(url, failure.stderr?.trim().split("\n").at(-1) ?? failure.message);
  }
}
