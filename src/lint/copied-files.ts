/** Which file of the build context a program of the image comes from. */
import { posix } from "node:path";
import type { Add, Copy, Dockerfile, Stage } from "../dockerfile/index.ts";
import type { ContextView } from "./rule.ts";
import { runsByStage } from "./shell/runs.ts";

export interface CopiedFile {
  readonly line: Copy | Add;
  /** In the context. */
  readonly path: string;
  readonly executable: boolean;
}

/** COPY and ADD lines that take files of the main context. */
export function contextCopies({ body }: Stage): (Copy | Add)[] {
  return body.flatMap((line) => (line.kind === "ADD" || (line.kind === "COPY" && !line.from) ? [line] : []));
}

/**
 * The file that a COPY of the stage brings to `program`, which is a path or a bare name.
 * Undefined if none does, or if something of the stage may change its mode.
 */
export function copiedProgram(program: string, stage: Stage, file: Dockerfile, context: ContextView): CopiedFile | undefined {
  const name = posix.basename(program);
  let ofStage = known.get(stage);
  if (ofStage?.context !== context) {
    ofStage = { context, programs: new Map() };
    known.set(stage, ofStage);
  }
  if (!ofStage.programs.has(name)) ofStage.programs.set(name, findCopied(name, stage, file, context));
  return ofStage.programs.get(name);
}

/** What was found already: many lines may ask for one program. */
const known = new WeakMap<Stage, { context: ContextView; programs: Map<string, CopiedFile | undefined> }>();

function findCopied(name: string, stage: Stage, file: Dockerfile, context: ContextView): CopiedFile | undefined {
  const runs = runsByStage(file).get(stage) ?? [];
  const changes = runs.some(({ commands }) =>
    commands.some((command) => ["chmod", "install"].includes(command.name) && mentions(command.words, name)),
  );
  if (changes) return undefined;
  for (const line of contextCopies(stage).toReversed()) {
    for (const { raw } of line.sources) {
      const path = pathIn(context, raw, name);
      if (path === undefined) continue;
      return line.chmod ? undefined : { line, path, executable: context.entries.get(path)?.executable ?? true };
    }
  }
  return undefined;
}

function mentions(words: readonly { readonly text: string }[], name: string): boolean {
  return words
    .slice(1)
    .some(({ text }) => text.includes(name) || text.includes("*") || text.startsWith("-R") || text.endsWith("/"));
}

/** The file itself, or the one of that name in a folder that is copied. */
function pathIn({ entries }: ContextView, source: string, name: string): string | undefined {
  const path = contextPath(source);
  const entry = entries.get(path);
  if (entry && !entry.folder) return posix.basename(path) === name ? path : undefined;
  const inside = path === "" ? name : `${path}/${name}`;
  const found = entries.get(inside);
  return found && !found.folder && (path === "" || entry?.folder) ? inside : undefined;
}

/** A source without what means nothing: `./a/` is `a`, `.` is empty. */
export function contextPath(source: string): string {
  const path = posix.normalize(source).replace(/^\/+|\/+$/g, "");
  return path === "." ? "" : path;
}
