/** The stages of a file, each planned when it is asked for. */
import { Findings, memo, SlipwayError, withPlace } from "../core/index.ts";
import { type Dockerfile, type Instruction, parseInstruction, type Stage, type Word } from "../dockerfile/index.ts";
import type { SourceVertex, Vertex } from "../graph/index.ts";
import { type ContainerConfig, formatPlatform } from "../oci/index.ts";
import { Bases } from "./bases.ts";
import { readDependencies, stageNumber } from "./dependencies.ts";
import { circular, elsewhere, noCacheStageMissing, noStages, stageLater, targetMissing } from "./errors.ts";
import { withFromVariables } from "./from-variables.ts";
import { type PlannedFrom, readFroms } from "./froms.ts";
import { globalsOf } from "./globals.ts";
import { planInstruction } from "./instruction.ts";
import { namedContexts } from "./named-contexts.ts";
import type { BaseImage, BaseImages, PlanOptions } from "./options.ts";
import { DEFAULT_PATH, StageScope } from "./scope.ts";
import { type PlannedLine, PlannedStage, type StageStart } from "./stage.ts";

/** Instructions that have a line in the progress display. */
const SHOWN = ["RUN", "COPY", "ADD", "WORKDIR"];

/** What a stage has before its first line. */
type Beginning = Pick<StageStart, "platform" | "scope" | "config"> &
  Partial<Pick<StageStart, "history" | "base" | "author" | "vertex">> & {
    readonly triggers?: readonly string[];
    /** Lines of the progress display besides the stage's own. */
    readonly lines?: number;
  };

/** What a stage stands on. `replaced`: a named context stands for the stage, whose lines then count no more. */
type Ground = { readonly replaced: boolean } & (
  | { readonly kind: "context"; readonly name: string }
  | { readonly kind: "image"; readonly name: string }
  | { readonly kind: "stage"; readonly index: number }
  | { readonly kind: "scratch" }
);

export class Stages {
  readonly #dockerfile: Dockerfile;
  readonly #options: PlanOptions;
  readonly #globals: ReadonlyMap<string, string>;
  readonly #froms: readonly PlannedFrom[];
  readonly #uses: readonly (readonly number[])[];
  readonly #grounds: readonly Ground[];
  readonly #bases: Bases;
  readonly #named: ReturnType<typeof namedContexts>;
  readonly #findings = new Findings();
  readonly #plans = new Map<number, Promise<PlannedStage>>();
  /** The stage that each stage is made from in the end. */
  readonly #roots = new Map<number, Stage>();
  readonly #contexts = new Map<string, SourceVertex>();

  /** Throws PLAN_* for what is wrong with FROM and `--from` lines. */
  constructor(file: Dockerfile, options: PlanOptions, images: BaseImages) {
    if (file.stages.length === 0) throw noStages(file.source);
    const globals = globalsOf(file, options);
    const dockerfile = withFromVariables(file, globals);
    this.#dockerfile = dockerfile;
    this.#options = options;
    for (const { stage } of options.noCacheFrom ?? [])
      if (stage !== undefined && !dockerfile.stages.some(({ name }) => name === stage.toLowerCase()))
        throw noCacheStageMissing(stage, namesOf(dockerfile.stages));
    this.#globals = globals;
    const scope = { get: (name: string) => globals.get(name), names: () => [...globals.keys()] };
    this.#froms = readFroms(dockerfile, options, scope, this.#findings);
    this.#uses = readDependencies(dockerfile, this.#findings);
    this.#findings.throwAny();
    this.#bases = new Bases(images);
    this.#named = namedContexts(options.contexts);
    this.#grounds = dockerfile.stages.map((_, index) => this.#groundOf(index));
  }

  /** The number of the stage that `--target` names; a number is no name, as with Docker; the last one's if there is no target. Throws PLAN_TARGET_MISSING. */
  target(): number {
    const { stages } = this.#dockerfile;
    const wanted = this.#options.target;
    if (wanted === undefined) return stages.length - 1;
    const named = stages.findLastIndex((stage) => stage.name !== "" && stage.name === wanted.toLowerCase());
    if (named >= 0) return named;
    throw targetMissing(wanted, namesOf(stages));
  }

  /** Plans stages and what they need. The images of all are looked up first, and at the same time. All that is wrong with lines is told at once. */
  async plan(targets: readonly number[]): Promise<readonly PlannedStage[]> {
    const needed = this.neededFor(targets).sort((a, b) => a - b);
    for (const found of await Promise.allSettled(needed.map((index) => this.#baseOf(index))))
      if (found.status === "rejected") throw found.reason;
    const planned: PlannedStage[] = [];
    for (const index of targets) planned.push(await this.#planned(index));
    this.#findings.throwAny();
    return planned;
  }

  /** The build context, or a named one. */
  context(name = "context"): SourceVertex {
    const known = this.#contexts.get(name);
    if (known) return known;
    const line = name === "context" ? "[internal] load build context" : `[context ${name}] load from client`;
    const vertex: SourceVertex = { source: { kind: "context", name }, origin: { stage: "", name: line, ranges: [] } };
    this.#contexts.set(name, vertex);
    return vertex;
  }

  /** What `--from` names: a named context, a stage above, an image. Throws PLAN_*. */
  async from(word: Word, stage: PlannedStage): Promise<Vertex> {
    const place = { source: stage.source, range: word.range };
    const { stages } = this.#dockerfile;
    const named = this.#named(word.raw);
    if (named?.context.kind === "context") return this.context(named.name);
    const index = named ? undefined : stageNumber(stages, word.raw, stage.index);
    if (index === stage.index) throw circular(place, stage.name);
    if (index !== undefined && index > stage.index) throw stageLater(place, word.raw, stage.name);
    if (index !== undefined) {
      const planned = await this.#planned(index);
      return planned.vertex ?? emptyVertex(planned);
    }
    const name = named?.context.kind === "image" ? named.context.reference : word.raw;
    const image = await this.#bases.find(name, this.#options.platform, place, () => namesOf(stages));
    return this.#bases.vertex(image, `FROM ${image.reference}`, "");
  }

  #planned(index: number): Promise<PlannedStage> {
    return memo(this.#plans, index, () => this.#plan(index));
  }

  async #plan(index: number): Promise<PlannedStage> {
    const stage = this.#dockerfile.stages[index] as Stage;
    const planned = await this.#begin(stage, index);
    if (this.#grounds[index]?.replaced) return planned;
    const ancestors = (): readonly Stage[] => this.#ancestors(index);
    for (const instruction of stage.body) {
      // BuildKit stops at the first error, and so does its advice.
      if (this.#findings.none) this.#options.watcher?.line(instruction, planned.state(this.#rootOf(index), ancestors));
      const before = this.#findings.count;
      await this.#findings.attemptLater(() => this.#line(instruction, planned));
      if (this.#findings.has("PLAN_TOO_LONG")) break;
      // What a failed ENV or ARG would have set is missed by what follows.
      if (this.#findings.count > before && (instruction.kind === "ENV" || instruction.kind === "ARG")) break;
    }
    return planned;
  }

  #groundOf(index: number): Ground {
    const { base, parent } = this.#froms[index] as PlannedFrom;
    const own = this.#dockerfile.stages[index]?.name ?? "";
    const instead = own === "" ? undefined : this.#named(own);
    const named = instead ?? this.#named(base);
    const replaced = instead !== undefined;
    if (named?.context.kind === "context") return { kind: "context", name: named.name, replaced };
    if (named) return { kind: "image", name: named.context.reference, replaced };
    if (parent !== undefined) return { kind: "stage", index: parent, replaced };
    return base === "scratch" ? { kind: "scratch", replaced } : { kind: "image", name: base, replaced };
  }

  /** Stages and what they need, each once, the nearest first. */
  neededFor(targets: readonly number[]): number[] {
    const needed = new Set(targets);
    // A set is walked together with what is added on the way.
    for (const index of needed) {
      const ground = this.#grounds[index] as Ground;
      if (ground.kind === "stage") needed.add(ground.index);
      if (!ground.replaced) for (const other of this.#uses[index] ?? []) needed.add(other);
    }
    return [...needed];
  }

  /** The image that a stage begins with, if it begins with one. */
  async #baseOf(index: number): Promise<BaseImage | undefined> {
    const ground = this.#grounds[index] as Ground;
    if (ground.kind !== "image") return undefined;
    const { stages, source } = this.#dockerfile;
    const place = { source, range: (stages[index] as Stage).from.image.range };
    const { platform, why } = this.#froms[index] as PlannedFrom;
    return this.#bases.find(ground.name, platform, place, () => namesOf(stages.slice(0, index)), why);
  }

  async #begin(stage: Stage, index: number): Promise<PlannedStage> {
    const ground = this.#grounds[index] as Ground;
    const from = this.#froms[index] as PlannedFrom;
    if (ground.kind === "context") return this.#onContext(stage, index, from, ground.name);
    if (ground.kind === "stage") {
      // Each in a turn of its own: a long chain of stages must not fill the stack.
      await undefined;
      return this.#onStage(stage, index, await this.#planned(ground.index));
    }
    const image = await this.#baseOf(index);
    if (image) return this.#onImage(stage, index, from, image);
    return this.#make(stage, index, { platform: from.platform, ...onNothing() });
  }

  #ancestors(index: number): Stage[] {
    const ancestors: Stage[] = [];
    for (let at = this.#froms[index]?.parent; at !== undefined; at = this.#froms[at]?.parent)
      ancestors.push(this.#dockerfile.stages[at] as Stage);
    return ancestors;
  }

  #rootOf(index: number): Stage {
    const parent = this.#froms[index]?.parent;
    const root =
      (parent === undefined ? undefined : this.#roots.get(parent)) ??
      this.#ancestors(index).at(-1) ??
      (this.#dockerfile.stages[index] as Stage);
    this.#roots.set(index, root);
    return root;
  }

  async #onImage(stage: Stage, index: number, from: PlannedFrom, image: BaseImage): Promise<PlannedStage> {
    this.#options.watcher?.base(stage.from, from.base, image.platform, from.platform);
    const { OnBuild: triggers, ...config } = image.config.config ?? {};
    const planned = this.#make(stage, index, {
      platform: image.platform,
      base: image,
      config,
      author: image.config.author,
      history: (image.config.history ?? []).map((entry): PlannedLine => ({ entry, fromBase: true })),
      scope: new StageScope(config.Env ?? []),
      triggers: triggers ?? [],
      lines: 1,
    });
    planned.vertex = this.#bases.vertex(image, planned.nextName(`FROM ${image.reference}`), planned.name);
    await this.#fire(triggers ?? [], planned);
    return planned;
  }

  /** All that a stage has come to goes on in the next one; its triggers fire. */
  async #onStage(stage: Stage, index: number, parent: PlannedStage): Promise<PlannedStage> {
    const { OnBuild: triggers, ...config } = parent.config;
    const { platform, base, author, history, vertex } = parent;
    const scope = new StageScope(parent.scope.env, parent.scope);
    const start = { platform, base, author, history, vertex, config, scope, triggers: triggers ?? [] };
    const planned = this.#make(stage, index, start);
    await this.#fire(triggers ?? [], planned);
    return planned;
  }

  #onContext(stage: Stage, index: number, from: PlannedFrom, name: string): PlannedStage {
    const planned = this.#make(stage, index, { platform: from.platform, ...onNothing() });
    const action = {
      source: "/",
      wildcard: false,
      followLinks: false,
      contentsOnly: true,
      unpack: "never",
      parents: false,
      exclude: [],
      ignoreMissing: false,
    } as const;
    const select = { path: "/", wildcard: false, followLinks: false, exclude: [] };
    planned.vertex = {
      step: { kind: "copy", dest: "/", actions: [action] },
      inputs: [{ by: "content", vertex: this.context(name), select }],
      origin: { stage: planned.name, name: `[context ${name}] load from client`, ranges: [] },
    };
    planned.record(`FROM ${name}`, true);
    return planned;
  }

  #make(stage: Stage, index: number, beginning: Beginning): PlannedStage {
    const { triggers = [], lines = 0, history = [], base, author, vertex, ...start } = beginning;
    const { stages, source, escape } = this.#dockerfile;
    const shown = stage.body.filter((instruction) => SHOWN.includes(instruction.kind)).length;
    const fired = triggers.filter((trigger) => SHOWN.includes(/^\s*(\S*)/.exec(trigger)?.[1]?.toUpperCase() ?? "")).length;
    const platform = this.#options.amongOthers ? `${formatPlatform(start.platform)} ` : "";
    return new PlannedStage({
      ...start,
      stage,
      index,
      history,
      base,
      author,
      vertex,
      source,
      escape,
      options: this.#options,
      label: `${platform}${stage.name !== "" ? `${stage.name} ` : stages.length > 1 ? `stage-${index} ` : ""}`,
      total: lines + shown + fired,
    });
  }

  /** ONBUILD of the base. Whatever is wrong with it is told at the FROM line, which brought it. */
  async #fire(triggers: readonly string[], stage: PlannedStage): Promise<void> {
    const { range } = stage.stage.from;
    for (const trigger of triggers) {
      try {
        const instruction = parseInstruction(trigger, "\\", { name: "ONBUILD", text: trigger });
        await this.#line({ ...instruction, range } as Instruction, stage);
      } catch (error) {
        if (error instanceof SlipwayError) throw elsewhere(error, { source: stage.source, range }, trigger);
        throw error;
      }
    }
  }

  async #line(instruction: Instruction, stage: PlannedStage): Promise<void> {
    try {
      await planInstruction(instruction, stage, this, this.#globals);
    } catch (error) {
      if (error instanceof SlipwayError && error.code.startsWith("DOCKERFILE_"))
        throw withPlace(error, stage.source, instruction.range);
      throw error;
    }
  }
}

function namesOf(stages: readonly Stage[]): string[] {
  return stages.flatMap((stage) => stage.name || []);
}

function onNothing(): { scope: StageScope; config: ContainerConfig } {
  return { scope: new StageScope([DEFAULT_PATH]), config: { Env: [DEFAULT_PATH], WorkingDir: "/" } };
}

/** FROM scratch with nothing on it, where something must be. */
function emptyVertex(stage: PlannedStage): Vertex {
  return { step: { kind: "merge" }, inputs: [], origin: { stage: stage.name, name: "FROM scratch", ranges: [] } };
}
