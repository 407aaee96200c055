/** `RUN --mount=`: options to mounts, in BuildKit's order of checks. */
import { posix } from "node:path";
import { parseByteSize, type SourceText, suggest } from "../../core/index.ts";
import { fieldsOf, type Run, type Word } from "../../dockerfile/index.ts";
import type { Input, RunMount, Vertex, WrittenSource } from "../../graph/index.ts";
import { fromOfMount } from "../dependencies.ts";
import { badUse, badMountField as wrong } from "../errors.ts";
import { placed } from "../globals.ts";
import type { PlannedStage } from "../stage.ts";
import type { Stages } from "../stages.ts";

/** The options of one mount, read but not placed. */
export interface MountOptions {
  type: "bind" | "cache" | "tmpfs" | "secret" | "ssh";
  from?: string;
  source?: string;
  target?: string;
  readonly?: boolean;
  sizeBytes?: number;
  sharing?: string;
  id?: string;
  required?: boolean;
  env?: string;
  mode?: number;
  uid?: number;
  gid?: number;
}

/** The mounts of a RUN. */
export interface PlannedMounts {
  readonly mounts: readonly RunMount[];
  readonly sources: readonly WrittenSource[];
}

const TYPES = ["bind", "cache", "tmpfs", "secret", "ssh"];
const KEYS = [
  "type",
  "from",
  "source",
  "target",
  "readonly",
  "rw",
  "id",
  "sharing",
  "mode",
  "uid",
  "gid",
  "size",
  "required",
  "env",
];
const SHARINGS = ["shared", "private", "locked"];

export async function planMounts(run: Run, stage: PlannedStage, stages: Stages, inputs: Input[]): Promise<PlannedMounts> {
  const mounts: RunMount[] = [];
  const sources: WrittenSource[] = [];
  for (const word of run.mounts) {
    const options = parseMount(word, stage.source, (part) => stage.expand(part));
    const vertex = await inputOf(options, word, stage, stages);
    mounts.push(mountOf(options, word, stage, vertex && addInput(inputs, vertex, options)));
    if (options.source !== undefined) sources.push(writtenSource(options.source, word));
  }
  return { mounts, sources };
}

/** Reads `type=…,target=…`; values are expanded, but for `from`. Throws PLAN_INVALID. */
export function parseMount(mount: Word, source: SourceText, expand: (word: Word) => string): MountOptions {
  const options: MountOptions = { type: "bind" };
  for (const field of fieldsOf(mount)) {
    const { raw, range } = field;
    const at = raw.indexOf("=");
    const key = (at < 0 ? raw : raw.slice(0, at)).toLowerCase();
    const value = at < 0 ? undefined : key === "from" ? raw.slice(at + 1) : expand({ raw: raw.slice(at + 1), range });
    placed(() => readOption(options, key, value, raw), source, field);
  }
  placed(() => check(options), source, mount);
  return options;
}

function readOption(options: MountOptions, key: string, value: string | undefined, field: string): void {
  if (value === undefined) {
    if (key === "readonly" || key === "ro") options.readonly = true;
    else if (key === "readwrite" || key === "rw") options.readonly = false;
    else if (key === "required" && (options.type === "secret" || options.type === "ssh")) options.required = true;
    else throw wrong(`invalid field '${field}' must be a key=value pair`);
    return;
  }
  switch (key) {
    case "type":
      if (!TYPES.includes(value.toLowerCase()))
        throw wrong(`unsupported mount type ${JSON.stringify(value)}`, oneOf(value, TYPES));
      options.type = value.toLowerCase() as MountOptions["type"];
      return;
    case "from":
      options.from = value;
      return;
    case "source":
    case "src":
      options.source = value;
      return;
    case "target":
    case "dst":
    case "destination":
      options.target = value;
      return;
    case "readonly":
    case "ro":
      options.readonly = booleanOf(key, value);
      return;
    case "readwrite":
    case "rw":
      options.readonly = !booleanOf(key, value);
      return;
    case "id":
      options.id = value;
      return;
    default:
      readFurther(options, key, value, field);
  }
}

function readFurther(options: MountOptions, key: string, value: string, field: string): void {
  const { type } = options;
  if (key === "required" && (type === "secret" || type === "ssh")) options.required = booleanOf(key, value);
  else if (key === "size" && type === "tmpfs") {
    const size = parseByteSize(value, "binary");
    if (typeof size !== "number") throw wrong(`invalid value for size: ${value}`, "such as 64m or 1g");
    options.sizeBytes = size;
  } else if (key === "sharing" && type === "cache") {
    if (!SHARINGS.includes(value.toLowerCase()))
      throw wrong(`unsupported sharing value ${JSON.stringify(value)}`, oneOf(value, SHARINGS));
    options.sharing = value.toLowerCase();
  } else if (key === "mode" && type !== "bind" && type !== "tmpfs") {
    if (!/^[0-7]+$/.test(value)) throw wrong(`invalid value ${value} for mode`, "octal, such as 0755");
    options.mode = Number.parseInt(value, 8);
  } else if ((key === "uid" || key === "gid") && type !== "bind" && type !== "tmpfs") {
    if (!/^\d+$/.test(value) || Number(value) > 0xffffffff) throw wrong(`invalid value ${value} for ${key}`);
    options[key] = Number(value);
  } else if (key === "env" && type === "secret") options.env = value;
  else if (["size", "sharing", "env", "required"].includes(key)) throw wrong(`unexpected key '${key}' for mount type '${type}'`);
  else if (["mode", "uid", "gid"].includes(key)) throw wrong(`${key} not allowed for "${type}" type mounts`);
  else throw wrong(`unexpected key '${key}' in '${field}'`, oneOf(key, KEYS));
}

function oneOf(word: string, known: readonly string[]): string {
  const near = suggest(word, known);
  return near ? `did you mean ${near}?` : `it can be ${known.join(", ")}`;
}

function booleanOf(key: string, value: string): boolean {
  if (/^(1|t|true)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw wrong(`invalid value for ${key}: ${value}`, "true or false");
}

function check(options: MountOptions): void {
  const { type } = options;
  if (type === "secret") {
    if (options.from !== undefined) throw wrong("from not supported for secret mounts");
    if (options.source !== undefined && options.id !== undefined) throw wrong("both source and id can't be set");
    if (options.source === undefined && options.id === undefined && options.target === undefined) {
      throw wrong("invalid secret mount. one of source, target required");
    }
  } else if ((type === "bind" || type === "tmpfs") && options.target === undefined) throw wrong("target required");
  if (type === "tmpfs" && (options.from !== undefined || options.source !== undefined))
    throw wrong("from and source not supported for tmpfs mounts");
}

async function inputOf(options: MountOptions, word: Word, stage: PlannedStage, stages: Stages): Promise<Vertex | undefined> {
  if (options.type !== "bind" && options.type !== "cache") return undefined;
  if (options.from === undefined) return options.type === "bind" ? stages.context() : undefined;
  return stages.from(fromOfMount(word)[0] ?? { raw: options.from, range: word.range }, stage);
}

function writtenSource(source: string, word: Word): WrittenSource {
  const field = fieldsOf(word).find(({ raw }) => /^(source|src)=/i.test(raw));
  return { path: posix.join("/", source), text: source, range: field?.range ?? word.range };
}

function addInput(inputs: Input[], vertex: Vertex, options: MountOptions): number {
  const path = posix.join("/", options.source ?? "/");
  inputs.push({ by: "content", vertex, select: { path, wildcard: false, followLinks: true, exclude: [] } });
  return inputs.length - 1;
}

function mountOf(options: MountOptions, word: Word, stage: PlannedStage, input: number | undefined): RunMount {
  const { type } = options;
  const target = targetOf(options, stage);
  if (target === "/")
    throw badUse(
      { source: stage.source, range: word.range },
      'invalid mount target "/"',
      "name a folder for it: target=/somewhere",
    );
  const owner = { uid: options.uid ?? 0, gid: options.gid ?? 0 };
  const from = input === undefined ? {} : { input };
  const source = posix.join("/", options.source ?? "/");
  if (type === "tmpfs") return { type, target, ...(options.sizeBytes ? { sizeBytes: options.sizeBytes } : {}) };
  if (type === "bind") return { type, target, source, writable: options.readonly === false, ...from };
  if (type === "cache") {
    const id = options.id ?? options.target ?? target;
    const sharing = (options.sharing ?? "shared") as "shared";
    return {
      type,
      target,
      id,
      sharing,
      source,
      readonly: options.readonly === true,
      mode: options.mode ?? 0o755,
      ...owner,
      ...from,
    };
  }
  if (type === "ssh") {
    const id = options.id ?? "default";
    return { type, id, target, required: options.required ?? false, mode: options.mode ?? 0o600, ...owner };
  }
  const id = options.id ?? options.source ?? posix.basename(options.target ?? "");
  const file = options.target !== undefined || options.env === undefined ? { target } : {};
  const env = options.env === undefined ? {} : { env: options.env };
  return { type, id, required: options.required ?? false, mode: options.mode ?? 0o400, ...owner, ...file, ...env };
}

function targetOf(options: MountOptions, stage: PlannedStage): string {
  const { type } = options;
  if (type === "ssh" && options.target === undefined) return "/run/buildkit/ssh_agent.0";
  if (type === "secret" && options.target === undefined)
    return `/run/secrets/${posix.basename(options.id ?? options.source ?? "")}`;
  return posix.resolve("/", stage.config.WorkingDir || "/", options.target ?? "");
}
