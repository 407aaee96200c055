/** COPY and ADD: to one vertex, an input for each source. */
import { posix } from "node:path";
import { isDigest } from "../../core/index.ts";
import { type Add, type Copy, expandWord, type Heredoc, type Word } from "../../dockerfile/index.ts";
import type { CopyAction, CopyStep, Input, Source, StepVertex, Vertex, WrittenSource } from "../../graph/index.ts";
import { badMode, badUse, fromVariable } from "../errors.ts";
import { parseGitReference } from "../git-reference.ts";
import type { PlannedStage } from "../stage.ts";
import type { Stages } from "../stages.ts";
import { whyUnset } from "../unset.ts";

/** A source with its input. */
interface Part {
  readonly action: CopyAction;
  readonly vertex: Vertex;
}

export async function planCopy(
  copy: Copy | Add,
  stage: PlannedStage,
  stages: Stages,
  globals: ReadonlyMap<string, string>,
): Promise<void> {
  const sources = copy.sources.map((word) => ({ word, ...stage.expanded(word) }));
  const dest = stage.expand(copy.dest);
  const step: Omit<CopyStep, "actions"> = {
    kind: "copy",
    dest: destination(dest, copy.kind === "COPY" && copy.parents, stage),
    ...(copy.chown ? { owner: stage.expand(copy.chown) } : {}),
    ...(copy.chmod ? { mode: modeOf(copy.chmod, stage) } : {}),
  };
  const exclude = copy.exclude.map((word) => stage.expand(word));
  const from = copy.kind === "COPY" && copy.from ? await fromOf(copy.from, stage, stages) : undefined;
  const parts: Part[] = [];
  for (const source of sources) parts.push(await partOf(copy, source.word, source.text, from, exclude, stage, stages));
  const written = sources.map(({ word, text, unmatched }, i): WrittenSource => {
    const [unset] = unmatched;
    const path = pathOf((parts[i] as Part).action);
    if (unset === undefined) return { path, text, range: word.range };
    return {
      path,
      text,
      range: word.range,
      // Looked for when it is asked for, which is when the file is missing.
      get note() {
        return whyUnset(unset, copy.range.start.line, stage, globals);
      },
    };
  });
  for (const heredoc of copy.heredocs) parts.push(inlinePart(heredoc, stage));
  const inputs = parts.map(({ action, vertex }): Input => {
    const select = {
      path: pathOf(action),
      wildcard: action.wildcard,
      followLinks: action.followLinks,
      exclude,
      ...(action.ignoreMissing ? { optional: true } : {}),
    };
    return { by: "content", vertex, select };
  });
  const whole: CopyStep = { ...step, actions: parts.map((part) => part.action) };
  // BuildKit takes a COPY with --chmod for a plain one: the mode of folders that exist below is not to change.
  if (copy.link && !step.mode) addLinked(whole, inputs, copy, stage, written);
  else stage.add(whole, inputs, stage.shown(copy.text), copy.range, written);
  stage.record(historyOf(copy, sources, dest, step), true);
}

/** For --parents the whole of the pivot counts; the names are kept by the action. */
function pathOf(action: CopyAction): string {
  return action.source.replace("/./", "/");
}

const MODE = /^(0*[0-7]{1,4}|[ugoa]*([-+=][rwxXstugo]*)+(,[ugoa]*([-+=][rwxXstugo]*)+)*)$/;

function modeOf(word: Word, stage: PlannedStage): string {
  const mode = stage.expand(word);
  if (!MODE.test(mode)) throw badMode({ source: stage.source, range: word.range }, mode);
  return mode;
}

function destination(dest: string, parents: boolean, stage: PlannedStage): string {
  const folder = parents || dest === "." || dest === "" || dest.endsWith("/") || dest.endsWith("/.");
  const path = posix.resolve("/", stage.config.WorkingDir || "/", dest);
  return folder && path !== "/" ? `${path}/` : path;
}

async function fromOf(word: Word, stage: PlannedStage, stages: Stages): Promise<Vertex> {
  if (word.raw.includes("$")) throw fromVariable({ source: stage.source, range: word.range });
  return stages.from(word, stage);
}

async function partOf(
  copy: Copy | Add,
  word: Word,
  text: string,
  from: Vertex | undefined,
  exclude: readonly string[],
  stage: PlannedStage,
  stages: Stages,
): Promise<Part> {
  const place = { source: stage.source, range: word.range };
  const remote = remoteOf(copy, text, stage);
  if (remote && copy.kind === "COPY") {
    const what = remote.kind === "git" ? "a git ref" : "a URL";
    throw badUse(place, `source can't be ${what} for COPY`, "ADD can fetch it");
  }
  if (remote) return remotePart(copy as Add, remote, text, stage);
  if (copy.kind === "ADD" && copy.checksum) throw badUse(place, "checksum requires HTTP(S) or Git sources");
  const unpack = copy.kind === "ADD" ? (copy.unpack === false ? "never" : "auto") : "never";
  const parents = copy.kind === "COPY" && copy.parents;
  const action: CopyAction = {
    source: parents ? `/${text.replace(/^(\.?\/)+/, "")}` : posix.join("/", text).replace(/(.)\/$/, "$1"),
    wildcard: true,
    followLinks: true,
    contentsOnly: true,
    unpack,
    parents,
    exclude,
    ignoreMissing: copy.kind === "COPY" && copy.ignoreMissing,
  };
  return { action, vertex: from ?? stages.context() };
}

function remoteOf(copy: Copy | Add, text: string, stage: PlannedStage): Source | undefined {
  const git = parseGitReference(text);
  if (git && !git.local) {
    const keepGitDir = copy.kind === "ADD" && copy.keepGitDir === true;
    const checksum = copy.kind === "ADD" && copy.checksum ? { checksum: stage.expand(copy.checksum) } : {};
    return { ...git.source, keepGitDir: keepGitDir || git.source.keepGitDir, ...checksum };
  }
  if (!/^https?:\/\//i.test(text)) return undefined;
  const sum = copy.kind === "ADD" && copy.checksum ? stage.expand(copy.checksum) : undefined;
  if (sum !== undefined && !isDigest(sum)) {
    throw badUse(
      { source: stage.source, range: copy.kind === "ADD" && copy.checksum ? copy.checksum.range : copy.range },
      `invalid checksum digest format: ${sum}`,
      "sha256: and 64 hexadecimal digits",
    );
  }
  return { kind: "http", url: text, ...(sum ? { checksum: sum } : {}) };
}

function remotePart(add: Add, source: Source, text: string, stage: PlannedStage): Part {
  const vertex: Vertex = { source, origin: { stage: stage.name, name: text, ranges: [add.range] } };
  const unpack = source.kind === "http" && add.unpack === true ? "always" : "never";
  const action: CopyAction = {
    source: source.kind === "http" ? "/*" : "/",
    wildcard: source.kind === "http",
    followLinks: false,
    contentsOnly: true,
    unpack: unpack === "always" ? "auto" : "never",
    parents: false,
    exclude: add.exclude.map((word) => stage.expand(word)),
    ignoreMissing: false,
  };
  return { action, vertex };
}

/** In the body of a heredoc quotes are letters; variables stand for their values unless its name was quoted. */
function inlinePart(heredoc: Heredoc, stage: PlannedStage): Part {
  const options = { escape: stage.escape, skipQuotes: true };
  const content = heredoc.expand ? expandWord(heredoc.content, stage.scope, options).text : heredoc.content;
  const source: Source = { kind: "inline", files: [{ path: heredoc.name, content }] };
  const action: CopyAction = {
    source: `/${heredoc.name}`,
    wildcard: false,
    followLinks: false,
    contentsOnly: false,
    unpack: "never",
    parents: false,
    exclude: [],
    ignoreMissing: false,
  };
  return { action, vertex: { source, origin: { stage: stage.name, name: `<<${heredoc.name}`, ranges: [heredoc.range] } } };
}

/** The files become a layer on nothing, which is then stacked on whatever the stage is. */
function addLinked(
  step: CopyStep,
  inputs: readonly Input[],
  copy: Copy | Add,
  stage: PlannedStage,
  sources: readonly WrittenSource[],
): void {
  const name = stage.nextName(stage.shown(copy.text));
  const origin = { stage: stage.name, name, ranges: [copy.range], sources };
  const files: StepVertex = { step, inputs, origin, ...(stage.ignoresCache(copy.range) ? { ignoreCache: true } : {}) };
  const base = stage.vertex;
  stage.vertex = { step: { kind: "merge" }, inputs: [{ by: "definition", vertex: files }], origin, ...(base ? { base } : {}) };
}

function historyOf(
  copy: Copy | Add,
  sources: readonly { text: string }[],
  dest: string,
  step: Omit<CopyStep, "actions">,
): string {
  const flags = [
    ...(copy.kind === "COPY" && copy.parents ? ["--parents"] : []),
    ...(step.owner ? [`--chown=${step.owner}`] : []),
    ...(step.mode ? [`--chmod=${step.mode}`] : []),
  ];
  const names = [...sources.map(({ text }) => text), ...copy.heredocs.map(({ name }) => `<<${name}`)];
  return `${copy.kind} ${[...flags, ...names, dest].join(" ")} # buildkit`;
}
