/** What a build is given to read: the Dockerfile, the context, the named contexts, and what of them is ignored. */
import { existsSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { Readable } from "node:stream";
import type { SourceText } from "../core/index.ts";
import { parseIgnoreFile } from "../dockerfile/index.ts";
import type { Descriptor } from "../oci/index.ts";
import { type NamedContext, parseGitReference } from "../plan/index.ts";
import { type ContextFolder, statCachePath } from "../solve/index.ts";
import { temporaryName } from "../store/index.ts";
import { openView } from "../tree/index.ts";
import { fetchContext, isRemote } from "./context-remote.ts";
import { readContextStream } from "./context-stream.ts";
import { contextIsFile, contextMissing, dockerfileMissing, dockerfileUnreadable, ignoreFileUnreadable } from "./errors.ts";
import { openNamedContext } from "./named-context.ts";
import type { Workbench } from "./workbench.ts";

/** Where the Dockerfile and its files are. */
export interface ContextInput {
  /** A folder, a URL, or a stream: a tar in any compression, or the Dockerfile itself. */
  readonly context: string | Readable;
  /** Path of the Dockerfile, from `cwd` or else from the context; or the text itself. `Dockerfile` of the context if left out. */
  readonly file?: string | SourceText;
  /** `NAME` to a folder, a git repository, the URL of a file, `docker-image://NAME`, `oci-layout://FOLDER[:TAG]`. */
  readonly namedContexts?: ReadonlyMap<string, string>;
  /** What relative paths start from; the process's own folder if left out. */
  readonly cwd?: string;
}

/** A line of an ignore file that the build uses. */
export interface IgnoreRule {
  readonly pattern: string;
  readonly line: number;
}

/** All of it, opened. */
export interface BuildContexts {
  readonly source: SourceText;
  /** By the name that sources of the graph use. */
  readonly folders: ReadonlyMap<string, ContextFolder>;
  readonly named: ReadonlyMap<string, NamedContext>;
  /** Images of layouts, by the reference that stands for them. */
  readonly layouts: ReadonlyMap<string, Descriptor>;
  /** The main context's ignore file, if it has one. */
  readonly ignore: { readonly name: string; readonly rules: readonly IgnoreRule[] } | undefined;
  /** Removes what was unpacked for this build. */
  close(): void;
}

/** The name that the graph gives to the main context. */
const MAIN = "context";

/** Throws CONTEXT_MISSING, CONTEXT_IS_FILE, DOCKERFILE_MISSING, DOCKERFILE_UNREADABLE, IGNORE_FILE_UNREADABLE. */
export async function openContexts(input: ContextInput, bench: Workbench, signal: AbortSignal): Promise<BuildContexts> {
  const temporary = temporaryName(bench.store.paths);
  const close = (): void => rmSync(temporary, { recursive: true, force: true });
  try {
    const cwd = input.cwd ?? process.cwd();
    const main = await openMain(input, cwd, temporary, bench, signal);
    // What came from elsewhere is read for itself: neither files of this machine nor links out of it count.
    const { elsewhere } = main;
    const source =
      typeof input.file === "object"
        ? input.file
        : (main.source ??
          (elsewhere && main.root ? dockerfileInside(input.file, main.root) : readDockerfile(input.file, main.root, cwd)));
    const file = typeof input.file === "string" ? source.name : undefined;
    // An ignore file is for what is sent from here, as with BuildKit: what came from elsewhere is all there.
    const ignore = elsewhere ? undefined : readIgnore(file, main.root, cwd);
    const folders = new Map<string, ContextFolder>();
    const keepOwners = typeof input.context === "string" ? {} : { keepOwners: true };
    const open = (name: string, root: string, rules: readonly IgnoreRule[]): void => {
      const patterns = rules.map((rule) => rule.pattern);
      folders.set(name, {
        root,
        ignore: patterns,
        statCache: statCachePath(bench.store, root, patterns),
        ...(name === MAIN ? keepOwners : {}),
      });
    };
    if (main.root) open(MAIN, main.root, ignore?.rules ?? []);
    const named = new Map<string, NamedContext>();
    const layouts = new Map<string, Descriptor>();
    for (const [name, value] of input.namedContexts ?? []) {
      const context = await openNamedContext(name, value, cwd, bench, signal);
      named.set(name, context.named);
      if (context.layout && context.named.kind === "image") layouts.set(context.named.reference, context.layout);
      const { folder } = context;
      if (folder) open(name, folder, context.elsewhere ? [] : (readRules(join(folder, ".dockerignore")) ?? []));
    }
    return { source, folders, named, layouts, ignore, close };
  } catch (error) {
    close();
    throw error;
  }
}

interface Main {
  /** It came as a stream or from another machine. */
  readonly elsewhere: boolean;
  /** Absolute; undefined if there is no context. */
  readonly root: string | undefined;
  /** The Dockerfile, where it came instead of a context. */
  readonly source?: SourceText;
}

async function openMain(
  input: ContextInput,
  cwd: string,
  temporary: string,
  bench: Workbench,
  signal: AbortSignal,
): Promise<Main> {
  if (typeof input.context !== "string")
    return { elsewhere: true, ...(await readContextStream(input.context, temporary, signal)) };
  const root = resolve(cwd, input.context);
  const stat = isRemote(input.context) ? undefined : statSync(root, { throwIfNoEntry: false });
  if (isRemote(input.context) || (!stat && parseGitReference(input.context)))
    return { elsewhere: true, ...(await fetchContext(input.context, temporary, bench, signal)) };
  if (!stat) throw contextMissing(input.context);
  if (!stat.isDirectory()) throw contextIsFile(input.context);
  return { elsewhere: false, root: realpathSync(root) };
}

/** `-f` is looked for from the working folder first, then from the context, as Docker does. */
function readDockerfile(file: string | undefined, root: string | undefined, cwd: string): SourceText {
  const candidates = file
    ? [resolve(cwd, file), ...(root ? [join(root, file)] : [])]
    : DOCKERFILES.map((name) => join(root ?? cwd, name));
  const path = candidates.find((candidate) => existsSync(candidate));
  if (!path) throw dockerfileMissing(file ?? "Dockerfile", root ? dockerfilesBelow(root) : []);
  try {
    return { name: file ?? relative(root ?? cwd, path), text: readFileSync(path, "utf8") };
  } catch (error) {
    throw dockerfileUnreadable(file ?? path, error as NodeJS.ErrnoException);
  }
}

const DOCKERFILES: readonly string[] = ["Dockerfile", "dockerfile", "Containerfile"];

/** The Dockerfile of a context that was fetched; a link of it leads nowhere but inside it. */
function dockerfileInside(file: string | undefined, root: string): SourceText {
  const view = openView({ kind: "folder", root, ignore: [] });
  for (const name of file ? [file] : DOCKERFILES) {
    const bytes = view.readFile(name);
    if (bytes) return { name, text: bytes.toString("utf8") };
  }
  throw dockerfileMissing(file ?? "Dockerfile", dockerfilesBelow(root));
}

/** `<Dockerfile>.dockerignore` beside the Dockerfile wins over `.dockerignore` of the context. */
function readIgnore(file: string | undefined, root: string | undefined, cwd: string): BuildContexts["ignore"] {
  if (!root) return undefined;
  const own = file === undefined ? "Dockerfile.dockerignore" : `${file}.dockerignore`;
  const places = [
    ...(file === undefined ? [] : [[own, resolve(cwd, own)] as const]),
    [own, join(root, own)] as const,
    [".dockerignore", join(root, ".dockerignore")] as const,
  ];
  for (const [name, path] of places) {
    const rules = readRules(path);
    if (rules) return { name, rules };
  }
  return undefined;
}

function readRules(path: string): readonly IgnoreRule[] | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw ignoreFileUnreadable(path, error as NodeJS.ErrnoException);
  }
  return parseIgnoreFile(text);
}

/** Dockerfiles in the context and one folder below, for the hint. */
function dockerfilesBelow(root: string): string[] {
  const looksRight = (name: string): boolean =>
    /(^|\.)(docker|container)file$/i.test(name) || /^(docker|container)file\./i.test(name);
  const found: string[] = [];
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    if (entry.isFile() && looksRight(entry.name) && !entry.name.endsWith(".dockerignore")) found.push(entry.name);
    if (!entry.isDirectory() || entry.name === "node_modules" || entry.name.startsWith(".")) continue;
    for (const name of namesIn(join(root, entry.name))) if (looksRight(name)) found.push(join(entry.name, name));
  }
  return found.slice(0, 3);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
