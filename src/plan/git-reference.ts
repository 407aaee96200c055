/**
 * Strings that name a git repository, read as BuildKit does (dfgitutil): `https://host/repo.git#ref:folder`,
 * `https://host/repo.git?branch=main&subdir=folder`, `git@host:repo`, `git://…`, `ssh://…`.
 */
import type { Source } from "../graph/index.ts";
import { badGitReference } from "./errors.ts";

type GitSource = Extract<Source, { kind: "git" }>;

export interface GitReference {
  readonly source: GitSource;
  /** Last part of the path, without `.git`. */
  readonly shortName: string;
  /** It may as well be a path of this machine (`github.com/foo/bar.git`). */
  readonly local: boolean;
  /** Neither encrypted nor told by somebody who is known. */
  readonly unencrypted: boolean;
}

const SCP = /^[a-zA-Z0-9_-]+@[a-zA-Z0-9.-]+:[^#]*$/;

/** Reads a git reference; undefined if the text is none. Throws PLAN_GIT_REFERENCE for a query that says nothing. */
export function parseGitReference(text: string): GitReference | undefined {
  const [address, fragment] = cut(text, "#");
  const scheme = /^(https?|ssh|git):\/\//i.exec(address)?.[1]?.toLowerCase();
  const local = address.startsWith("github.com/");
  if (!scheme && !local && !SCP.test(address)) return undefined;
  const [place, query] = scheme || local ? cut(address, "?") : [address, undefined];
  if (scheme?.startsWith("http") && !place.endsWith(".git")) return undefined;
  const remote = scheme ? escaped(`${scheme}${place.slice(scheme.length)}`) : place;
  const source = withQuery(withFragment(local ? `https://${remote}` : remote, fragment ?? ""), query, text);
  const shortName = (remote.split("/").at(-1) ?? "").replace(/\.git$/, "");
  return { source, shortName, local, unencrypted: scheme === "http" || scheme === "git" };
}

function cut(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function escaped(url: string): string {
  return url.replace(/[^\x21-\x7e]|["<>\\^`{|}]/gu, encodeURIComponent);
}

function withFragment(url: string, fragment: string): GitSource {
  const [ref, subdir] = cut(fragment, ":");
  return { kind: "git", url, ref, subdir: folderOf(subdir ?? ""), keepGitDir: false, submodules: true };
}

/** Relative to the repository, and never out of it. */
function folderOf(text: string): string {
  const parts: string[] = [];
  for (const part of text.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

function withQuery(source: GitSource, query: string | undefined, text: string): GitSource {
  const given = new Map(new URLSearchParams(query ?? ""));
  const take = (name: string): string => {
    const value = given.get(name) ?? "";
    given.delete(name);
    return value;
  };
  const flag = (name: string, otherwise: boolean): boolean => {
    if (!given.has(name)) return otherwise;
    const value = take(name);
    if (/^(|1|t|true)$/i.test(value)) return true;
    if (/^(0|f|false)$/i.test(value)) return false;
    throw badGitReference(text, `invalid ${name} value: ${JSON.stringify(value)}`);
  };
  const [ref, tag, branch] = [take("ref"), take("tag"), take("branch")];
  if (tag && branch) throw badGitReference(text, "branch conflicts with tag");
  if (ref && (tag || branch)) throw badGitReference(text, `ref conflicts with ${tag ? "tag" : "branch"}`);
  const wanted = ref || (tag && `refs/tags/${tag}`) || (branch && `refs/heads/${branch}`);
  const folder = folderOf(take("subdir"));
  const [checksum, commit] = [take("checksum"), take("commit")];
  const keepGitDir = flag("keep-git-dir", source.keepGitDir);
  const submodules = flag("submodules", source.submodules);
  for (const [name] of given) throw badGitReference(text, `unexpected query ${JSON.stringify(name)}`);
  return {
    ...source,
    ref: same("ref", source.ref, wanted, text),
    subdir: same("subdir", source.subdir, folder, text),
    keepGitDir,
    submodules,
    ...(checksum || commit ? { checksum: same("checksum", checksum, commit, text) } : {}),
  };
}

/** What two ways of saying it agree on. */
function same(name: string, one: string, other: string, text: string): string {
  if (one && other && one !== other)
    throw badGitReference(text, `${name} conflicts: ${JSON.stringify(one)} vs ${JSON.stringify(other)}`);
  return one || other;
}
