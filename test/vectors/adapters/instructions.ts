import { SlipwayError } from "../../../src/core/index.ts";
import { type Arg, type Command, type Dockerfile, type From, type Instruction, parseDockerfile, type Stage, type Word } from "../../../src/dockerfile/index.ts";
import { descriptionOf } from "../../../src/plan/index.ts";

type Kind<K extends Instruction["kind"]> = Extract<Instruction, { kind: K }>;

export function answer({ dockerfile }: { dockerfile: string }): unknown {
  try {
    return printed(parseDockerfile({ name: "Dockerfile", text: dockerfile }), dockerfile);
  } catch (error) {
    if (error instanceof SlipwayError) return { error: { message: error.message } };
    throw error;
  }
}

function printed(file: Dockerfile, text: string): unknown {
  return {
    metaArgs: file.globals.map((arg) => ({ args: argsOf(arg), lines: linesOf(arg, text) })),
    stages: file.stages.map((stage) => stageOf(stage, text)),
  };
}

function stageOf({ from, name, body }: Stage, text: string): unknown {
  return {
    name,
    base: from.image.raw,
    ...(from.platform ? { platform: from.platform.raw } : {}),
    lines: linesOf(from, text),
    fromKeyword: from.keyword,
    source: from.text,
    ...docOf(from, name),
    commands: body.map((instruction) => ({
      type: instruction.kind,
      name: instruction.keyword,
      lines: linesOf(instruction, text),
      ...fields(instruction),
    })),
  };
}

function docOf(from: From, name: string): object {
  const doc = name === "" ? undefined : descriptionOf(from.comments, name);
  return doc === undefined ? {} : { doc };
}

function linesOf({ range }: { range: Instruction["range"] }, _text: string): [number, number] {
  return [range.start.line, range.end.column === 1 ? range.end.line - 1 : range.end.line];
}

function argsOf(arg: Arg): unknown[] {
  return arg.args.map(({ key, value }) => {
    const doc = descriptionOf(arg.comments, key);
    return { key, value: value ? value.raw : null, ...(doc === undefined ? {} : { doc }) };
  });
}

function commandOf(command: Command, kind: string): object {
  if (command.form === "exec") return { args: kind === "ENTRYPOINT" && command.argv.length === 0 ? null : command.argv, shellForm: false };
  const files = command.heredocs.map(({ name, content, chomp }) => ({ name, data: content, chomp }));
  const args = command.line === "" ? (kind === "ENTRYPOINT" ? null : []) : [command.line];
  return { args, shellForm: true, ...(files.length > 0 ? { files } : {}) };
}

function fields(i: Instruction): object {
  switch (i.kind) {
    case "RUN":
      return { ...commandOf(i.command, i.kind), ...devices(i), ...word("network", i.network, "default"), ...word("security", i.security, "sandbox"), ...flags(i) };
    case "CMD":
    case "ENTRYPOINT":
      return commandOf(i.command, i.kind);
    case "COPY":
    case "ADD":
      return files(i);
    case "ENV":
    case "LABEL":
      return { pairs: i.pairs.map(({ key, value, legacy }) => ({ key: key.raw, value: value.raw, ...(legacy ? { legacy } : {}) })) };
    case "ARG":
      return { args: argsOf(i) };
    case "WORKDIR":
      return { path: i.path.raw };
    case "USER":
      return { user: i.user.raw };
    case "EXPOSE":
      return { ports: i.ports.map((port) => port.raw) };
    case "VOLUME":
      return { volumes: i.volumes.map((volume) => volume.raw) };
    case "SHELL":
      return { shell: i.shell };
    case "STOPSIGNAL":
      return { signal: i.signal.raw };
    case "HEALTHCHECK":
      return health(i);
    case "ONBUILD":
      return { expression: i.expression };
    case "MAINTAINER":
      return { maintainer: i.maintainer };
  }
}

function devices(run: Kind<"RUN">): object {
  return run.devices.length > 0 ? { devices: run.devices.map((device) => parseOne(device)) } : {};
}

function parseOne(device: Word): unknown {
  const required = /,required/.test(device.raw);
  return { name: device.raw.replace(/,required.*/, "").replace(/^name=/, ""), required };
}

function word(key: string, value: Word | undefined, without: string): object {
  return value && value.raw !== without ? { [key]: value.raw } : {};
}

function flags(i: Instruction): object {
  return i.flagsUsed.length > 0 ? { flagsUsed: [...new Set(i.flagsUsed)] } : {};
}

function files(i: Kind<"COPY"> | Kind<"ADD">): object {
  const inline = i.heredocs.map(({ name, content, expand }) => ({ path: name, data: content, expand }));
  return {
    sources: i.sources.map((source) => source.raw),
    dest: i.dest.raw,
    ...(inline.length > 0 ? { inline } : {}),
    ...word("chown", i.chown, ""),
    ...word("chmod", i.chmod, ""),
    ...(i.link ? { link: true } : {}),
    ...(i.exclude.length > 0 ? { exclude: i.exclude.map((pattern) => pattern.raw) } : {}),
    ...(i.kind === "COPY" ? { ...word("from", i.from, ""), ...(i.parents ? { parents: true } : {}) } : {}),
    ...(i.kind === "ADD" ? { ...word("checksum", i.checksum, ""), ...(i.keepGitDir ? { keepGitDir: true } : {}) } : {}),
    ...(i.kind === "ADD" && i.unpack !== undefined ? { unpack: i.unpack } : {}),
  };
}

function health(i: Kind<"HEALTHCHECK">): object {
  const numbers = { intervalNs: i.interval, timeoutNs: i.timeout, startPeriodNs: i.startPeriod, startIntervalNs: i.startInterval, retries: i.retries };
  return { test: i.test, ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined)) };
}
