/** A stage while it is planned: what it has come to, line by line. */
import type { Range, SourceText } from "../core/index.ts";
import { type Expanded, expandWord, expandWords, type Stage, type Word } from "../dockerfile/index.ts";
import type { Origin, Step, StepVertex, Vertex } from "../graph/index.ts";
import { type ContainerConfig, formatPlatform, type History, type Platform } from "../oci/index.ts";
import { stageTooLong } from "./errors.ts";
import { placed } from "./globals.ts";
import type { BaseImage, NoCacheFrom, PlanOptions } from "./options.ts";
import type { StageScope } from "./scope.ts";
import type { LineState } from "./watcher.ts";

/** A line of history, and the vertex that made its layer. */
export interface PlannedLine {
  readonly entry: History;
  readonly fromBase: boolean;
}

/** What the variables of a stage may add to its words, in UTF-16 units. */
const MOST_GROWN = 16 * 2 ** 20;

/** What an entry of a list counts for, likewise. */
const ENTRY_LENGTH = 4;

/** Takes the fields that are being worked out. */
type Mutable<T> = { -readonly [P in keyof T]: T[P] };

/** What a stage is made from. */
export interface StageStart {
  readonly stage: Stage;
  readonly index: number;
  readonly platform: Platform;
  readonly scope: StageScope;
  readonly config: ContainerConfig;
  readonly history: readonly PlannedLine[];
  readonly base: BaseImage | undefined;
  readonly author: string | undefined;
  readonly vertex: Vertex | undefined;
  readonly source: SourceText;
  readonly options: PlanOptions;
  readonly escape: string;
  readonly label: string;
  readonly total: number;
}

export class PlannedStage {
  readonly stage: Stage;
  readonly index: number;
  readonly platform: Platform;
  readonly scope: StageScope;
  readonly config: Mutable<ContainerConfig>;
  readonly history: PlannedLine[];
  readonly base: BaseImage | undefined;
  author: string | undefined;
  vertex: Vertex | undefined;
  /** A CMD was seen in this stage. */
  hasCmd = false;
  readonly source: SourceText;
  readonly options: PlanOptions;
  readonly escape: string;
  readonly #label: string;
  readonly #total: number;
  /** Fields of the config that no other stage holds. */
  readonly #own = new Set<string>();
  #count: number;
  #grown = 0;
  #environment: readonly string[] | undefined;

  constructor(init: StageStart) {
    this.stage = init.stage;
    this.index = init.index;
    this.platform = init.platform;
    this.scope = init.scope;
    this.config = { ...init.config };
    this.history = [...init.history];
    this.base = init.base;
    this.author = init.author;
    this.vertex = init.vertex;
    this.source = init.source;
    this.options = init.options;
    this.escape = init.escape;
    this.#label = init.label;
    this.#total = init.total;
    this.#count = 0;
  }

  get name(): string {
    return this.stage.name || String(this.index);
  }

  /** Adds to a field of the config; that of the stage below stays as it is. */
  addToConfig<K extends "Labels" | "ExposedPorts" | "Volumes">(
    field: K,
    entries: readonly (readonly [string, NonNullable<ContainerConfig[K]>[string]])[],
  ): void {
    const known = this.config[field];
    const own: Record<string, unknown> = this.#own.has(field) && known ? known : { ...known };
    for (const [name, value] of entries) {
      // An assignment would take this name for another thing.
      if (name === "__proto__") Object.defineProperty(own, name, { value, enumerable: true, configurable: true, writable: true });
      else own[name] = value;
    }
    this.config[field] = own as ContainerConfig[K];
    this.#own.add(field);
  }

  /** Adds a line of ONBUILD. */
  addTrigger(expression: string): void {
    const own = this.#own.has("OnBuild") ? (this.config.OnBuild as string[]) : [...(this.config.OnBuild ?? [])];
    own.push(expression);
    this.config.OnBuild = own;
    this.#own.add("OnBuild");
  }

  get platformName(): string {
    return formatPlatform(this.platform);
  }

  /** What holds at the line that comes next. */
  state(root: Stage, ancestors: () => readonly Stage[]): LineState {
    const { stage, scope, escape } = this;
    return { stage, ancestors, root, scope, declared: scope.argNames(), shell: this.config.Shell, escape };
  }

  /** `[build 2/3] RUN make`, counting on. */
  nextName(text: string): string {
    this.#count++;
    return `[${this.#label}${this.#count}/${this.#total}] ${text}`;
  }

  /** The word as one string, with the place of the word in what goes wrong. */
  expand(word: Word): string {
    return this.expanded(word).text;
  }

  /** The same, with the names of the variables in it. */
  expanded(word: Word): Expanded {
    return placed(() => this.#counted(expandWord(word.raw, this.scope, { escape: this.escape }), word), this.source, word);
  }

  expandAll(word: Word): readonly string[] {
    return placed(() => expandWords(word.raw, this.scope, { escape: this.escape }).words, this.source, word);
  }

  /** Config and history keep every value: what grows with every line would fill the memory. */
  #counted(expanded: Expanded, word: Word): Expanded {
    this.grow(expanded.text.length - word.raw.length);
    return expanded;
  }

  /** Counts what is kept beyond what was written. Throws PLAN_TOO_LONG. */
  grow(length: number): void {
    this.#grown += Math.max(0, length);
    if (this.#grown > MOST_GROWN) throw stageTooLong(MOST_GROWN);
  }

  /** What a RUN sees. Each list is kept: with an ENV between many RUNs they fill the memory. Throws PLAN_TOO_LONG. */
  environment(): readonly string[] {
    const env = this.scope.forProcess();
    if (env !== this.#environment) this.grow(env.length * ENTRY_LENGTH);
    this.#environment = env;
    return env;
  }

  /**
   * An instruction's text as progress shows it, with the values of variables. As with BuildKit it loses
   * its quotes, but for the text of a RUN: that keeps them, and variables that are not set.
   */
  shown(text: string, isRun = false): string {
    return this.#inserted(text, isRun).replace(/^\S+/, (keyword) => keyword.toUpperCase());
  }

  #inserted(text: string, isRun: boolean): string {
    try {
      return expandWord(text, this.scope, { escape: this.escape, rawQuotes: isRun, keepUnset: isRun }).text;
    } catch {
      return text;
    }
  }

  /** Puts a step on top of the stage. */
  add(step: Step, inputs: StepVertex["inputs"], text: string, range: Range, sources: Origin["sources"] = []): StepVertex {
    const written = sources.length > 0 ? { sources } : {};
    const vertex: StepVertex = {
      step,
      inputs,
      origin: { stage: this.name, name: this.nextName(text), ranges: [range], ...written },
      ...(this.vertex ? { base: this.vertex } : {}),
      ...(this.ignoresCache(range) ? { ignoreCache: true } : {}),
    };
    this.vertex = vertex;
    return vertex;
  }

  ignoresCache(range: Range): boolean {
    const { noCache, noCacheFrom = [] } = this.options;
    if (noCacheFrom.some((from) => this.#isFrom(from, range.start.line))) return true;
    return noCache === true || (Array.isArray(noCache) && noCache.some((name) => name.toLowerCase() === this.name));
  }

  #isFrom({ stage, line }: NoCacheFrom, at: number): boolean {
    const inside = stage === undefined ? this.stage.from.range.start.line <= line : stage.toLowerCase() === this.stage.name;
    return inside && at >= line;
  }

  /** Writes a line of history; one without a layer unless said otherwise. */
  record(createdBy: string, layer = false): void {
    const entry: History = {
      created_by: createdBy,
      comment: "buildkit.dockerfile.v0",
      ...(layer ? {} : { empty_layer: true }),
    };
    this.history.push({ entry, fromBase: false });
  }
}
