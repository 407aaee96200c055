/** Instructions that change the image's config and no file. */
import { formatDuration } from "../../core/index.ts";
import type {
  Arg,
  Cmd,
  Entrypoint,
  Env,
  Expose,
  HealthCheck,
  Label,
  StopSignal,
  User,
  Volume,
  Word,
} from "../../dockerfile/index.ts";
import { badPort, badSignal, badUse } from "../errors.ts";
import { placed } from "../globals.ts";
import { goQuotedList, goQuoteRune } from "../go-format.ts";
import { ALL_PORTS, parsePorts } from "../ports.ts";
import { isSignal, SIGNAL_NAMES } from "../signals.ts";
import type { PlannedStage } from "../stage.ts";

const DEFAULT_SHELL = ["/bin/sh", "-c"];

export function planEnv(env: Env, stage: PlannedStage): void {
  // All values see what was set before the line, not what the line sets.
  const pairs = env.pairs.map(({ key, value }): [string, string] => [stage.expand(key), stage.expand(value)]);
  for (const [name, value] of pairs) stage.scope.setEnv(name, value);
  stage.record(`ENV ${pairs.map(([name, value]) => `${name}=${value}`).join(" ")}`);
}

export function planLabel(label: Label, stage: PlannedStage): void {
  const pairs = label.pairs.map(({ key, value }): [string, string] => [stage.expand(key), stage.expand(value)]);
  stage.addToConfig("Labels", pairs);
  stage.record(`LABEL ${pairs.map(([name, value]) => `${name}=${value}`).join(" ")}`);
}

/** `globals`: what ARGs before the first FROM, and the predefined ones, stand for. */
export function planArg(arg: Arg, stage: PlannedStage, globals: ReadonlyMap<string, string>): void {
  const told = arg.args.map(({ key, value, range }) => {
    const name = stage.expand({ raw: key, range });
    const given = stage.options.buildArgs.get(name);
    const own = given ?? (value ? stage.expand(value) : globals.get(name));
    stage.scope.setArg(name, own);
    return own === undefined ? name : `${name}=${own}`;
  });
  stage.record(`ARG ${told.join(" ")}`);
}

export function planUser(user: User, stage: PlannedStage): void {
  stage.config.User = stage.expand(user.user);
  stage.record(`USER ${stage.config.User}`);
}

export function planCmd(cmd: Cmd, stage: PlannedStage): void {
  stage.config.Cmd = argvOf(cmd, stage);
  // BuildKit sets it for every CMD; only Windows looks at it.
  stage.config.ArgsEscaped = true;
  stage.hasCmd = true;
  stage.record(`CMD ${goQuotedList(stage.config.Cmd)}`);
}

/** A new ENTRYPOINT makes a CMD that was inherited meaningless. */
export function planEntrypoint(entrypoint: Entrypoint, stage: PlannedStage): void {
  const argv = argvOf(entrypoint, stage);
  stage.config.Entrypoint = argv;
  if (!stage.hasCmd) stage.config.Cmd = null;
  stage.record(`ENTRYPOINT ${goQuotedList(argv)}`);
}

function argvOf({ command }: Cmd | Entrypoint, stage: PlannedStage): string[] {
  return command.form === "exec" ? [...command.argv] : [...(stage.config.Shell ?? DEFAULT_SHELL), command.line];
}

export function planExpose(expose: Expose, stage: PlannedStage): void {
  const ports: string[] = [];
  for (const word of expose.ports) {
    const place = { source: stage.source, range: word.range };
    const parsed = parsePorts(stage.expandAll(word));
    if ("error" in parsed) throw badPort(place, parsed.error);
    for (const port of parsed.ports) ports.push(port);
    if (ports.length > ALL_PORTS) throw badPort(place, "EXPOSE names more ports than there are");
  }
  const told = ports.join(" ");
  placed(() => stage.grow(told.length), stage.source, { raw: told, range: expose.range });
  stage.addToConfig(
    "ExposedPorts",
    ports.map((port) => [port, {}]),
  );
  stage.record(`EXPOSE [${told}]`);
}

export function planVolume(volume: Volume, stage: PlannedStage): void {
  const paths = volume.volumes.map((word: Word) => stage.expand(word));
  if (paths.includes(""))
    throw badUse({ source: stage.source, range: volume.range }, "VOLUME specified can not be an empty string");
  stage.addToConfig(
    "Volumes",
    paths.map((path) => [path, {}]),
  );
  stage.record(`VOLUME [${paths.join(" ")}]`);
}

export function planStopSignal(stop: StopSignal, stage: PlannedStage): void {
  const signal = stage.expand(stop.signal);
  if (!isSignal(signal)) throw badSignal({ source: stage.source, range: stop.signal.range }, signal, SIGNAL_NAMES);
  stage.config.StopSignal = signal;
  stage.record(`STOPSIGNAL ${signal}`);
}

/** What is left out is taken from the base when the container starts, so only what was said is kept. */
export function planHealthcheck(check: HealthCheck, stage: PlannedStage): void {
  const { test, interval = 0, timeout = 0, startPeriod = 0, startInterval = 0, retries = 0 } = check;
  stage.config.Healthcheck = {
    Test: test,
    ...(interval ? { Interval: interval } : {}),
    ...(timeout ? { Timeout: timeout } : {}),
    ...(startPeriod ? { StartPeriod: startPeriod } : {}),
    ...(startInterval ? { StartInterval: startInterval } : {}),
    ...(retries ? { Retries: retries } : {}),
  };
  const times = [interval, timeout, startPeriod, startInterval].map((time) => `"${formatDuration(BigInt(time))}"`);
  stage.record(`HEALTHCHECK &{${goQuotedList(test)} ${times.join(" ")} ${goQuoteRune(retries)}}`);
}
