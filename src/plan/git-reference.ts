/** Strings that name a git repository: `https://host/repo.git#ref:folder`, `git@host:repo`, `git://…`. */
import type { Source } from "../graph/index.ts";

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

/** Reads a git reference; undefined if the text is none. */
export function parseGitReference(text: string): GitReference | undefined {
  const hash = text.indexOf("#");
  const url = hash < 0 ? text : text.slice(0, hash);
  const fragment = hash < 0 ? "" : text.slice(hash + 1);
  const scheme = /^(https?|ssh|git):\/\//i.exec(url)?.[1]?.toLowerCase();
  const scp = scheme ? undefined : /^[\w.-]+@[\w.-]+:[^:]+$/.test(url);
  const local = !scheme && !scp;
  const looksRight =
    scheme === "git" || scheme === "ssh" || scp || /\.git$/.test(url.replace(/\?.*$/, "")) || /^github\.com\//.test(url);
  if (!looksRight || (local && !/^[\w.-]+\.[\w.-]+\/.+\.git$/.test(url))) return undefined;
  const [ref = "", ...folder] = fragment.split(":");
  const shortName = (url.replace(/\/$/, "").split(/[/:]/).at(-1) ?? "").replace(/\.git$/, "");
  const source: GitSource = {
    kind: "git",
    url: local ? `https://${url}` : url,
    ref,
    subdir: folder.join(":").replace(/^\/+/, ""),
    keepGitDir: false,
    submodules: true,
  };
  return { source, shortName, local, unencrypted: scheme === "http" || scheme === "git" };
}
