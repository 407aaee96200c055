/** What a build of a target can be given: build arguments, secrets, SSH sockets. */
import { posix } from "node:path";
import { type Range, SlipwayError, type SourceText } from "../core/index.ts";
import { type Arg, type Dockerfile, expandWord, type Instruction, type Run, type Stage, type Word } from "../dockerfile/index.ts";
import { descriptionOf } from "./definition.ts";
import { globalsOf } from "./globals.ts";
import { type MountOptions, parseMount } from "./instructions/mounts.ts";
import type { BaseImages, PlanOptions } from "./options.ts";
import { Stages } from "./stages.ts";
import type { LineState, PlanWatcher } from "./watcher.ts";

/** An ARG that has a say in the target. */
export interface OutlinedArgument {
  readonly name: string;
  readonly description?: string;
  /** What it stands for, with the build arguments that were given; left out if nothing sets it. */
  readonly value?: string;
  /** The instruction that declares it. */
  readonly range: Range;
}

/** A secret or an SSH socket that a RUN of the target mounts. */
export interface OutlinedLoan {
  readonly id: string;
  /** Whether the RUN fails without it. */
  readonly required: boolean;
  readonly range: Range;
}

export interface Outline {
  /** Of the target stage; empty where it has none. */
  readonly name: string;
  readonly description?: string;
  readonly arguments: readonly OutlinedArgument[];
  readonly secrets: readonly OutlinedLoan[];
  readonly ssh: readonly OutlinedLoan[];
}

/**
 * Reads the target and all stages it needs. An ARG before the first FROM counts where one of
 * them uses it. Of one name the declaration nearest to the target is given, as BuildKit's
 * `frontend.outline` has it. Throws what makePlan throws.
 */
export async function outlineOf(dockerfile: Dockerfile, options: PlanOptions, images: BaseImages): Promise<Outline> {
  const globals = globalsOf(dockerfile, options);
  const watcher = new Collector(dockerfile, options, globals);
  const stages = new Stages(dockerfile, { ...options, watcher }, images);
  const target = stages.target();
  await stages.plan([target]);
  const { name, from } = dockerfile.stages[target] as Stage;
  const found = stages.neededFor([target]).flatMap((index) => watcher.found.get(dockerfile.stages[index] as Stage) ?? []);
  const description = name === "" ? undefined : descriptionOf(from.comments, name);
  const own = found.flatMap((one) => one.arguments);
  const used = new Set(found.flatMap((one) => [...one.used]));
  return {
    name,
    ...(description === undefined ? {} : { description }),
    arguments: firstOfEach([...own, ...globalArguments(dockerfile, globals, used)], (one) => one.name),
    secrets: firstOfEach(
      found.flatMap((one) => one.secrets),
      (one) => one.id,
    ),
    ssh: firstOfEach(
      found.flatMap((one) => one.ssh),
      (one) => one.id,
    ),
  };
}

/** What the lines of one stage ask for. */
interface Found {
  arguments: readonly OutlinedArgument[];
  readonly secrets: OutlinedLoan[];
  readonly ssh: OutlinedLoan[];
  /** ARGs before the first FROM that it uses. */
  readonly used: Set<string>;
}

class Collector implements PlanWatcher {
  readonly found: ReadonlyMap<Stage, Found>;
  readonly #source: SourceText;
  readonly #options: PlanOptions;
  readonly #globals: ReadonlyMap<string, string>;

  constructor({ stages, escape, source }: Dockerfile, options: PlanOptions, globals: ReadonlyMap<string, string>) {
    this.#source = source;
    this.#options = options;
    this.#globals = globals;
    this.found = new Map(
      stages.map((stage) => {
        const { image, platform } = stage.from;
        const words = [image, ...(platform ? [platform] : [])];
        const used = new Set(words.flatMap((word) => variablesOf(word.raw, globals, escape)));
        return [stage, { arguments: [], secrets: [], ssh: [], used }];
      }),
    );
  }

  from(): void {}

  base(): void {}

  line(line: Instruction, state: LineState): void {
    const found = this.found.get(state.stage);
    if (!found) return;
    if (line.kind === "ARG") this.#declare(line, state, found);
    if (line.kind === "RUN") mount(line, this.#source, state, found);
  }

  /** An ARG that only repeats one before the first FROM is told of there. */
  #declare(line: Arg, state: LineState, found: Found): void {
    for (const { key, value: word } of line.args) {
      const given = this.#options.buildArgs.get(key);
      if (given === undefined && !word && this.#globals.has(key)) found.used.add(key);
      else {
        // Of several in one stage the last one counts.
        const others = found.arguments.filter((one) => one.name !== key);
        found.arguments = [...others, argumentOf(line, key, given ?? (word && textOf(word, state)))];
      }
    }
  }
}

function argumentOf(line: Arg, name: string, value: string | undefined): OutlinedArgument {
  const description = descriptionOf(line.comments, name);
  return { name, ...(description === undefined ? {} : { description }), ...(value ? { value } : {}), range: line.range };
}

function mount(line: Run, source: SourceText, state: LineState, found: Found): void {
  for (const word of line.mounts) {
    const options = mountOf(word, source, state);
    if (options?.type !== "secret" && options?.type !== "ssh") continue;
    const { type, required = false, target } = options;
    const id = options.id || (type === "ssh" ? "default" : posix.basename(target ?? ""));
    (type === "ssh" ? found.ssh : found.secrets).push({ id, required, range: line.range });
  }
}

/** What is wrong with a mount is for the plan to tell. */
function mountOf(word: Word, source: SourceText, state: LineState): MountOptions | undefined {
  return attempt(() => parseMount(word, source, (part) => textOf(part, state) ?? ""));
}

function textOf({ raw }: Word, { scope, escape }: LineState): string | undefined {
  return attempt(() => expandWord(raw, scope, { escape }).text);
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof SlipwayError) return undefined;
    throw error;
  }
}

/** ARGs before the first FROM that are used, also by one another. */
function globalArguments(file: Dockerfile, globals: ReadonlyMap<string, string>, used: ReadonlySet<string>): OutlinedArgument[] {
  const wanted = new Set(used);
  const declared = file.globals.flatMap((line) => line.args.map((arg) => ({ line, ...arg })));
  for (const { key, value } of declared.toReversed())
    if (value && wanted.has(key)) for (const name of variablesOf(value.raw, globals, file.escape)) wanted.add(name);
  return declared.filter(({ key }) => wanted.has(key)).map(({ line, key }) => argumentOf(line, key, globals.get(key)));
}

function variablesOf(raw: string, globals: ReadonlyMap<string, string>, escape: string): string[] {
  return attempt(() => [...expandWord(raw, { get: (name) => globals.get(name) }, { escape }).matched]) ?? [];
}

/** One of each name, by place. */
function firstOfEach<T extends { readonly range: Range }>(all: readonly T[], nameOf: (one: T) => string): T[] {
  const first = new Map<string, T>();
  for (const one of all) if (!first.has(nameOf(one))) first.set(nameOf(one), one);
  return [...first.values()].sort((a, b) => a.range.start.line - b.range.start.line);
}
