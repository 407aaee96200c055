/** Nodes to typed instructions. */
import { parseDuration, type Range, type SourceText } from "../core/index.ts";
import type { Add, Arg, Command, Copy, From, HealthCheck, Heredoc, Instruction, Pair, Run, Word } from "./ast.ts";
import { trimSpace } from "./characters.ts";
import * as errors from "./errors.ts";
import { meantExecForm } from "./exec-form.ts";
import { type FlagValues, readFlags } from "./flag-values.ts";
import { parseMark } from "./heredoc.ts";
import type { Piece } from "./logical-line.ts";
import { checkDevice, checkMount } from "./mount-syntax.ts";
import type { RawNode } from "./nodes.ts";

/** The names of all instructions. */
export const INSTRUCTIONS: readonly string[] = [
  "ADD",
  "ARG",
  "CMD",
  "COPY",
  "ENTRYPOINT",
  "ENV",
  "EXPOSE",
  "FROM",
  "HEALTHCHECK",
  "LABEL",
  "MAINTAINER",
  "ONBUILD",
  "RUN",
  "SHELL",
  "STOPSIGNAL",
  "USER",
  "VOLUME",
  "WORKDIR",
];

/** An instruction being read. */
interface Reading {
  readonly node: RawNode;
  readonly name: string;
  readonly source: SourceText;
  readonly range: Range;
  readonly base: {
    readonly range: Range;
    readonly keyword: string;
    readonly text: string;
    readonly comments: readonly string[];
    readonly flagsUsed: readonly string[];
  };
}

/** Gives a node its type. Throws DOCKERFILE_* with the node's place. */
export function readInstruction(node: RawNode, source: SourceText): Instruction | From {
  const name = node.instruction.text.toUpperCase();
  const range = rangeOfNode(node);
  const known = READERS[name];
  if (!known) throw errors.unknownInstruction(source, node.line.rangeOf(node.instruction), node.instruction.text, INSTRUCTIONS);
  const flagsUsed =
    node.flags.length === 0 ? NO_FLAGS : node.flags.map((flag) => flag.text.replace(/^--/, "").replace(/=[^]*$/, ""));
  const base = { range, keyword: node.instruction.text, text: trimSpace(node.line.text), comments: node.comments, flagsUsed };
  return known({ node, name, source, range, base });
}

const NO_FLAGS: readonly never[] = [];

/** The whole of the node in the file, heredocs included. */
export function rangeOfNode(node: RawNode): Range {
  const { line, lines } = node;
  const keyword = line.positionOf(node.instruction.start);
  // A lone backslash may stand on the lines before the keyword.
  const start = keyword.line === lines[0] ? keyword : { line: lines[0], column: 1 };
  const end = line.rangeOf({ start: 0, end: line.text.length }).end;
  return { start, end: lines[1] > end.line ? { line: lines[1] + 1, column: 1 } : end };
}

const READERS: Readonly<Record<string, (reading: Reading) => Instruction | From>> = {
  FROM: readFrom,
  RUN: readRun,
  COPY: readCopy,
  ADD: readAdd,
  ENV: (r) => made(bare(r), { kind: "ENV", pairs: pairsOf(r) }),
  LABEL: (r) => made(bare(r), { kind: "LABEL", pairs: pairsOf(r) }),
  ARG: readArg,
  WORKDIR: (r) => made(bare(r), { kind: "WORKDIR", path: onlyArgument(r) }),
  USER: (r) => made(bare(r), { kind: "USER", user: onlyArgument(r) }),
  // Neither BuildKit's ARG nor its STOPSIGNAL looks at flags: what stands there is skipped.
  STOPSIGNAL: (r) => made(r, { kind: "STOPSIGNAL", signal: onlyArgument(r) }),
  MAINTAINER: (r) => made(bare(r), { kind: "MAINTAINER", maintainer: onlyArgument(r).raw }),
  CMD: (r) => made(bare(r), { kind: "CMD", command: commandOf(r) }),
  ENTRYPOINT: (r) => made(bare(r), { kind: "ENTRYPOINT", command: commandOf(r) }),
  EXPOSE: (r) => made(bare(r), { kind: "EXPOSE", ports: [...someArguments(r)].sort((a, b) => compare(a.raw, b.raw)) }),
  VOLUME: readVolume,
  SHELL: readShell,
  HEALTHCHECK: readHealthcheck,
  ONBUILD: readOnBuild,
};

/** For instructions that have no flags. */
function bare(r: Reading): Reading {
  readFlags(r.node, r.source, {});
  return r;
}

/** What all instructions have and what this one has. To spread both into a third object takes ten times as long. */
function made<T extends object>(r: Reading, own: T): Reading["base"] & T {
  return Object.assign(r.base, own);
}

/** Optional members are set afterwards: a file may have a million instructions. */
type Mutable<T> = { -readonly [P in keyof T]: T[P] };

function setWord<K extends string>(holder: { [P in K]?: Word }, name: K, word: Word | undefined): void {
  if (word) holder[name] = word;
}

function wordOf(r: Reading, piece: Piece): Word {
  return { raw: piece.text, range: r.node.line.rangeOf(piece) };
}

function onlyArgument(r: Reading): Word {
  const [first, ...more] = r.node.args;
  if (!first || more.length > 0) throw errors.wrongArguments(r.source, r.range, r.name, "exactly one argument");
  return wordOf(r, first);
}

function someArguments(r: Reading): Word[] {
  if (r.node.args.length === 0) throw errors.wrongArguments(r.source, r.range, r.name, "at least one argument");
  return r.node.args.map((piece) => wordOf(r, piece));
}

/** What stands behind the keyword and its flags. */
function writtenArguments({ node }: Reading): string {
  return node.line.text.slice((node.flags.at(-1) ?? node.instruction).end);
}

function commandOf(r: Reading): Command {
  const { args, json, heredocs } = r.node;
  if (json) return { form: "exec", argv: args.map((piece) => piece.text) };
  return { form: "shell", line: args.map((piece) => piece.text).join(" "), heredocs };
}

const STAGE_NAME = /^[a-z][a-z0-9-_.]*$/;

function readFrom(r: Reading): From {
  const flags = readFlags(r.node, r.source, { platform: "text" });
  const [image, as, name, ...more] = r.node.args;
  const named = as !== undefined;
  if (!image || more.length > 0 || (named && (as.text.toUpperCase() !== "AS" || !name))) {
    throw errors.wrongArguments(r.source, r.range, "FROM", "either one or three arguments");
  }
  if (name && !STAGE_NAME.test(name.text.toLowerCase()))
    throw errors.badStageName(r.source, r.node.line.rangeOf(name), name.text);
  const from: Mutable<From> = made(r, { kind: "FROM", image: wordOf(r, image) });
  setWord(from, "platform", flags.text("platform"));
  if (named && name) {
    from.as = wordOf(r, name);
    from.asKeyword = as.text;
  }
  return from;
}

function readRun(r: Reading): Instruction {
  const flags = readFlags(r.node, r.source, { mount: "list", network: "text", security: "text", device: "list" });
  const mounts = flags.list("mount");
  for (const mount of mounts) checkMount(mount, r.source);
  const devices = flags.list("device");
  for (const device of devices) checkDevice(device, r.source);
  const network = flags.text("network");
  if (network && !["default", "none", "host"].includes(network.raw)) {
    throw errors.badValue(
      r.source,
      network.range,
      `invalid network mode ${JSON.stringify(network.raw)}`,
      "default, none or host",
    );
  }
  const security = flags.text("security");
  if (security && !["sandbox", "insecure"].includes(security.raw)) {
    throw errors.badValue(
      r.source,
      security.range,
      `security ${JSON.stringify(security.raw)} is not valid`,
      "sandbox or insecure",
    );
  }
  const run: Mutable<Run> = made(r, { kind: "RUN", command: commandOf(r), mounts, devices });
  setWord(run, "network", network);
  setWord(run, "security", security);
  return run;
}

const FILE_FLAGS = { chown: "text", chmod: "text", link: "boolean", exclude: "list" } as const;
const COPY_FLAGS = { ...FILE_FLAGS, from: "text", parents: "boolean", "ignore-missing": "boolean" } as const;
const ADD_FLAGS = { ...FILE_FLAGS, checksum: "text", "keep-git-dir": "boolean", unpack: "boolean" } as const;

function readCopy(r: Reading): Copy {
  const flags = readFlags(r.node, r.source, COPY_FLAGS);
  const parents = flags.boolean("parents") ?? false;
  const ignoreMissing = flags.boolean("ignore-missing") ?? false;
  const own = Object.assign(filesOf(r, flags), { kind: "COPY" as const, parents, ignoreMissing });
  const copy: Mutable<Copy> = made(r, own);
  setWord(copy, "from", flags.text("from"));
  return copy;
}

function readAdd(r: Reading): Add {
  const flags = readFlags(r.node, r.source, ADD_FLAGS);
  const keepGitDir = flags.boolean("keep-git-dir");
  const unpack = flags.boolean("unpack");
  const add: Mutable<Add> = made(r, Object.assign(filesOf(r, flags), { kind: "ADD" as const }));
  setWord(add, "checksum", flags.text("checksum"));
  if (keepGitDir !== undefined) add.keepGitDir = keepGitDir;
  if (unpack !== undefined) add.unpack = unpack;
  return add;
}

/** What COPY and ADD have in common. */
type Files = Pick<Copy, "sources" | "heredocs" | "dest" | "chown" | "chmod" | "link" | "exclude">;

function filesOf(r: Reading, flags: FlagValues): Files {
  const { args } = r.node;
  const last = args.at(-1);
  if (!last || args.length < 2) throw errors.destinationMissing(r.source, r.range, r.name, meantExecForm(writtenArguments(r)));
  const named = new Map(r.node.heredocs.map((heredoc): [string, Heredoc] => [heredoc.name, heredoc]));
  const heredocOf = (piece: Piece): Heredoc | undefined =>
    r.node.json ? undefined : named.get(parseMark(piece.text)?.name ?? "");
  if (heredocOf(last)) throw errors.heredocDestination(r.source, r.node.line.rangeOf(last), r.name);
  const sources: Word[] = [];
  const heredocs: Heredoc[] = [];
  for (const piece of args.slice(0, -1)) {
    const heredoc = heredocOf(piece);
    if (heredoc) heredocs.push({ ...heredoc, content: heredoc.chomp ? heredoc.content.replace(/^\t+/gm, "") : heredoc.content });
    else sources.push(wordOf(r, piece));
  }
  const link = flags.boolean("link") ?? false;
  const files: Mutable<Files> = { sources, heredocs, dest: wordOf(r, last), link, exclude: flags.list("exclude") };
  setWord(files, "chown", flags.text("chown"));
  setWord(files, "chmod", flags.text("chmod"));
  return files;
}

function pairsOf(r: Reading): Pair[] {
  const { args } = r.node;
  if (args.length === 0) throw errors.wrongArguments(r.source, r.range, r.name, "at least one argument");
  const pairs: Pair[] = [];
  for (let i = 0; i + 2 < args.length; i += 3) {
    const [key, value, sign] = args.slice(i, i + 3) as [Piece, Piece, Piece];
    if (key.text === "") throw errors.blankName(r.source, r.node.line.rangeOf({ start: key.start, end: value.end }), r.name);
    pairs.push({ key: wordOf(r, key), value: wordOf(r, value), legacy: sign.text === "" });
  }
  return pairs;
}

function readArg(r: Reading): Arg {
  if (r.node.args.length === 0) throw errors.wrongArguments(r.source, r.range, r.name, "at least one argument");
  const args = r.node.args.map((piece) => {
    const at = piece.text.indexOf("=");
    const key = at < 0 ? piece.text : piece.text.slice(0, at);
    const range = r.node.line.rangeOf(piece);
    if (key === "") throw errors.blankName(r.source, range, "ARG");
    if (at < 0) return { key, range };
    const start = Math.min(piece.end, piece.start + at + 1);
    const value = { raw: piece.text.slice(at + 1), range: r.node.line.rangeOf({ start, end: piece.end }) };
    return { key, range, value };
  });
  return made(r, { kind: "ARG", args });
}

function readVolume(r: Reading): Instruction {
  readFlags(r.node, r.source, {});
  const volumes = someArguments(r).map(({ raw, range }) => ({ raw: trimSpace(raw), range }));
  for (const volume of volumes) {
    if (volume.raw === "") throw errors.badValue(r.source, volume.range, "VOLUME specified can not be an empty string");
  }
  return made(r, { kind: "VOLUME", volumes });
}

function readShell(r: Reading): Instruction {
  readFlags(r.node, r.source, {});
  if (r.node.args.length === 0) throw errors.wrongArguments(r.source, r.range, "SHELL", "at least one argument");
  if (!r.node.json) throw errors.shellNotJson(r.source, r.range, meantExecForm(writtenArguments(r)));
  return made(r, { kind: "SHELL", shell: r.node.args.map((piece) => piece.text) });
}

function readOnBuild(r: Reading): Instruction {
  readFlags(r.node, r.source, {});
  const { sub } = r.node;
  if (!sub) throw errors.wrongArguments(r.source, r.range, "ONBUILD", "at least one argument");
  const trigger = sub.instruction.text.toUpperCase();
  if (["ONBUILD", "FROM", "MAINTAINER"].includes(trigger))
    throw errors.badTrigger(r.source, r.node.line.rangeOf(r.node.instruction), trigger);
  const documents = r.node.heredocs.flatMap(({ name, content }) => [content.replace(/\n$/, ""), name]);
  const expression = [r.node.line.text.replace(/^\s*onbuild\s*/i, "").trim(), ...documents].join("\n");
  return made(r, { kind: "ONBUILD", expression });
}

const MILLISECOND = 1_000_000n;

function readHealthcheck(r: Reading): HealthCheck {
  const names = ["interval", "timeout", "start-period", "start-interval", "retries"] as const;
  const flags = readFlags(r.node, r.source, Object.fromEntries(names.map((name) => [name, "text" as const])));
  const [type, ...command] = r.node.args;
  if (!type) throw errors.wrongArguments(r.source, r.range, "HEALTHCHECK", "at least one argument");
  const kind = type.text.toUpperCase();
  const wrong = (message: string): Error => errors.badHealthcheck(r.source, r.range, message);
  if (kind === "NONE") {
    if (command.length > 0) throw wrong("HEALTHCHECK NONE takes no arguments");
    return made(r, { kind: "HEALTHCHECK", test: ["NONE"] });
  }
  if (kind !== "CMD") throw wrong(`Unknown type ${JSON.stringify(kind)} in HEALTHCHECK (try CMD)`);
  const words = command.map((piece) => piece.text);
  if (words.length === 0 || (!r.node.json && words[0] === "")) throw wrong("Missing command after HEALTHCHECK CMD");
  const duration = (name: string): number | undefined => {
    const word = flags.text(name);
    if (word === undefined) return undefined;
    const value = parseDuration(word.raw);
    const refused = (message: string): Error => errors.badHealthcheck(r.source, word.range, message, "such as 30s or 1m30s");
    if (typeof value === "object") throw refused(value.error);
    if (value !== 0n && value < MILLISECOND) throw refused(`Interval ${JSON.stringify(name)} cannot be less than 1ms`);
    return Number(value) || undefined;
  };
  return {
    ...r.base,
    kind: "HEALTHCHECK",
    test: r.node.json ? ["CMD", ...words] : ["CMD-SHELL", words.join(" ")],
    ...present("interval", duration("interval")),
    ...present("timeout", duration("timeout")),
    ...present("startPeriod", duration("start-period")),
    ...present("startInterval", duration("start-interval")),
    ...present("retries", retriesOf(flags.text("retries"), r.source)),
  };
}

function retriesOf(word: Word | undefined, source: SourceText): number | undefined {
  if (!word?.raw) return undefined;
  const text = word.raw;
  const wrong = (message: string): Error => errors.badHealthcheck(source, word.range, message, "a number such as 3");
  if (!/^[+-]?\d+$/.test(text)) throw wrong(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  const value = Number(text);
  if (Math.abs(value) > 0x7fffffff) throw wrong(`strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`);
  if (value < 0) throw wrong(`--retries cannot be negative (${value})`);
  return value || undefined;
}

function present<K extends string>(key: K, value: number | undefined): { [P in K]?: number } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: number };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
