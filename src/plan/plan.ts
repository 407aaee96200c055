/** A Dockerfile and what it is built for, to a graph and an image config. Only the stages that are needed are planned. */
import { memo, SlipwayError, withPlace } from "../core/index.ts";
import { type Dockerfile, expandWord, type Instruction, parseInstruction, type Stage, type Word } from "../dockerfile/index.ts";
import type { SourceVertex, Vertex } from "../graph/index.ts";
import { type ContainerConfig, type ImageConfig, type Platform, parsePlatform, parseReference } from "../oci/index.ts";
import { badBase, badStageIndex, blankBase, circular, stageLater, targetMissing, withStageHint } from "./errors.ts";
import { globalsOf, placed } from "./globals.ts";
import { planInstruction } from "./instruction.ts";
import type { BaseImage, BaseImages, PlanOptions } from "./options.ts";
import { StageScope } from "./scope.ts";
import { type PlannedLine, PlannedStage } from "./stage.ts";

/** What one target of one platform comes to. */
export interface Plan {
  readonly platform: Platform;
  /** Undefined: nothing at all, FROM scratch with no files. */
  readonly result: Vertex | undefined;
  /** The image's config but for what its layers tell. */
  readonly config: Omit<ImageConfig, "rootfs" | "history" | "created">;
  readonly history: readonly PlannedLine[];
  /** The image whose layers lie below; undefined for scratch. */
  readonly base: BaseImage | undefined;
}

/** Throws DOCKERFILE_*, PLAN_*, REFERENCE_*, PLATFORM_* and what `images` rejects with. */
export async function makePlan(dockerfile: Dockerfile, options: PlanOptions, images: BaseImages): Promise<Plan> {
  const stages = new Stages(dockerfile, options, images);
  const stage = await stages.plan(stages.target());
  const { variant, os, architecture } = stage.platform;
  const container: ContainerConfig = tidy(stage.config, stage.scope.env, options.labels);
  return {
    platform: stage.platform,
    result: stage.vertex,
    config: {
      architecture,
      os,
      ...(variant ? { variant } : {}),
      ...(stage.author ? { author: stage.author } : {}),
      config: container,
    },
    history: stage.history,
    base: stage.base,
  };
}

function tidy(container: ContainerConfig, env: readonly string[], labels: ReadonlyMap<string, string>): ContainerConfig {
  const { Env: _, ...rest } = container;
  return {
    ...rest,
    Env: env,
    ...(labels.size > 0 ? { Labels: { ...container.Labels, ...Object.fromEntries(labels) } } : {}),
  };
}

const DEFAULT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** Instructions that have a line in the progress display. */
const SHOWN = ["RUN", "COPY", "ADD", "WORKDIR"];

/** All stages of a file, planned when they are asked for. */
export class Stages {
  readonly #dockerfile: Dockerfile;
  readonly #options: PlanOptions;
  readonly #images: BaseImages;
  readonly #globals: ReadonlyMap<string, string>;
  readonly #planned = new Map<number, Promise<PlannedStage>>();
  readonly #found = new Map<string, Promise<BaseImage>>();
  readonly #sources = new Map<string, SourceVertex>();
  readonly #open = new Set<number>();

  constructor(dockerfile: Dockerfile, options: PlanOptions, images: BaseImages) {
    this.#dockerfile = dockerfile;
    this.#options = options;
    this.#images = images;
    this.#globals = globalsOf(dockerfile, options);
  }

  /** The number of the stage that `--target` names. Throws PLAN_TARGET_MISSING. */
  target(): number {
    const { stages } = this.#dockerfile;
    const wanted = this.#options.target;
    if (wanted === undefined) return stages.length - 1;
    const named = stages.findLastIndex((stage) => stage.name !== "" && stage.name === wanted.toLowerCase());
    if (named >= 0) return named;
    throw targetMissing(
      wanted,
      stages.flatMap((stage) => stage.name || []),
    );
  }

  plan(index: number): Promise<PlannedStage> {
    return memo(this.#planned, index, () => this.#plan(index));
  }

  /** The build context. */
  context(name = "context"): SourceVertex {
    const vertex = this.#sources.get(`context ${name}`) ?? {
      source: { kind: "context", name },
      origin: {
        stage: "",
        name: name === "context" ? "[internal] load build context" : `[context ${name}] load from client`,
        ranges: [],
      },
    };
    this.#sources.set(`context ${name}`, vertex);
    return vertex;
  }

  /** What `--from` names: a stage above, a named context, an image. Throws PLAN_*. */
  async from(word: Word, stage: PlannedStage): Promise<Vertex> {
    const place = { source: stage.source, range: word.range };
    const name = word.raw.toLowerCase();
    const { stages } = this.#dockerfile;
    const named = this.#options.contexts.get(name);
    if (named?.kind === "context") return this.context(name);
    const index = stages.findLastIndex((other, i) => other.name === name && i <= stage.index);
    const later = stages.findIndex((other) => other.name === name);
    const number = /^\d+$/.test(name) ? Number(name) : undefined;
    if (index === stage.index || number === stage.index) throw circular(place, stage.name);
    if (index < 0 && later >= 0) throw stageLater(place, name, stage.name);
    if (number !== undefined && index < 0 && number > stage.index) throw badStageIndex(place, name);
    const at = index >= 0 ? index : number;
    if (at !== undefined) {
      if (this.#open.has(at)) throw circular(place, stage.name);
      const planned = await this.plan(at);
      return planned.vertex ?? emptyVertex(planned);
    }
    const image = await this.#image(
      named?.kind === "image" ? named.reference : word.raw,
      this.#options.platform,
      place,
      stages.flatMap((other) => other.name || []),
    );
    return this.#imageVertex(image, `FROM ${image.reference}`, "");
  }

  async #plan(index: number): Promise<PlannedStage> {
    const stage = this.#dockerfile.stages[index] as Stage;
    this.#open.add(index);
    const planned = await this.#begin(stage, index);
    for (const instruction of stage.body) await this.#line(instruction, planned);
    this.#open.delete(index);
    return planned;
  }

  async #begin(stage: Stage, index: number): Promise<PlannedStage> {
    const { source } = this.#dockerfile;
    const scope = { get: (name: string) => this.#globals.get(name) };
    const word = (written: Word): string =>
      placed(() => expandWord(written.raw, scope, { escape: this.#dockerfile.escape }).text, source, written);
    const name = word(stage.from.image);
    const place = { source, range: stage.from.image.range };
    if (name === "") throw blankBase(place, stage.from.image.raw);
    const { platform: wanted } = stage.from;
    const platform = wanted
      ? placed(() => parsePlatform(word(wanted), this.#options.buildPlatform), source, wanted)
      : this.#options.platform;
    const parent = this.#dockerfile.stages.findLastIndex(
      (other, i) => i < index && other.name !== "" && other.name === name.toLowerCase(),
    );
    const named = this.#options.contexts.get(name.toLowerCase());
    if (parent >= 0 && !named) return this.#child(stage, index, await this.plan(parent));
    if (named?.kind === "context") return this.#onContext(stage, index, platform, name.toLowerCase());
    if (name === "scratch")
      return this.#create(stage, index, platform, undefined, { Env: [DEFAULT_PATH], WorkingDir: "/" }, [], []);
    const others = this.#dockerfile.stages.slice(0, index).flatMap((other) => other.name || []);
    const image = await this.#image(named?.kind === "image" ? named.reference : name, platform, place, others);
    const history = (image.config.history ?? []).map((entry): PlannedLine => ({ entry, fromBase: true }));
    const { OnBuild: triggers, ...container } = image.config.config ?? {};
    return this.#create(stage, index, image.platform, image, container, history, triggers ?? []);
  }

  /** FROM a stage: all it has come to goes on, its triggers fire. */
  async #child(stage: Stage, index: number, parent: PlannedStage): Promise<PlannedStage> {
    const { OnBuild: triggers, ...container } = parent.config;
    const scope = new StageScope(parent.scope.env, parent.scope);
    const created = this.#make(
      stage,
      index,
      parent.platform,
      parent.base,
      container,
      parent.history,
      scope,
      parent.vertex,
      triggers ?? [],
      0,
    );
    created.author = parent.author;
    await this.#fire(triggers ?? [], created);
    return created;
  }

  async #onContext(stage: Stage, index: number, platform: Platform, name: string): Promise<PlannedStage> {
    const planned = this.#make(
      stage,
      index,
      platform,
      undefined,
      { Env: [DEFAULT_PATH], WorkingDir: "/" },
      [],
      new StageScope([DEFAULT_PATH]),
      undefined,
      [],
      0,
    );
    const select = { path: "/", wildcard: false, followLinks: false, exclude: [] };
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
    planned.vertex = {
      step: { kind: "copy", dest: "/", actions: [action] },
      inputs: [{ by: "content", vertex: this.context(name), select }],
      origin: { stage: planned.name, name: `[context ${name}] load from client`, ranges: [] },
    };
    planned.record(`FROM ${name}`, true);
    return planned;
  }

  async #create(
    stage: Stage,
    index: number,
    platform: Platform,
    image: BaseImage | undefined,
    container: ContainerConfig,
    history: readonly PlannedLine[],
    triggers: readonly string[],
  ): Promise<PlannedStage> {
    const scope = new StageScope(container.Env ?? []);
    const planned = this.#make(stage, index, platform, image, container, history, scope, undefined, triggers, image ? 1 : 0);
    if (image) {
      planned.author = image.config.author;
      planned.vertex = this.#imageVertex(image, planned.nextName(`FROM ${image.reference}`), planned.name);
    }
    await this.#fire(triggers, planned);
    return planned;
  }

  #make(
    stage: Stage,
    index: number,
    platform: Platform,
    base: BaseImage | undefined,
    container: ContainerConfig,
    history: readonly PlannedLine[],
    scope: StageScope,
    vertex: Vertex | undefined,
    triggers: readonly string[],
    first: number,
  ): PlannedStage {
    const { stages, source, escape } = this.#dockerfile;
    const shown = stage.body.filter((instruction) => SHOWN.includes(instruction.kind)).length;
    const fired = triggers.filter((trigger) => SHOWN.includes(trigger.trim().split(/\s/, 1)[0]?.toUpperCase() ?? "")).length;
    const label = stage.name !== "" ? `${stage.name} ` : stages.length > 1 ? `stage-${index} ` : "";
    const author = undefined;
    const total = first + shown + fired;
    const options = this.#options;
    return new PlannedStage({
      stage,
      index,
      platform,
      scope,
      config: container,
      history,
      base,
      author,
      vertex,
      source,
      options,
      escape,
      label,
      total,
    });
  }

  async #fire(triggers: readonly string[], stage: PlannedStage): Promise<void> {
    for (const trigger of triggers) {
      const source = { name: "ONBUILD trigger of the base", text: trigger };
      const at = stage.stage.from.range;
      const instruction = placed(() => parseInstruction(trigger, "\\", source), stage.source, { raw: trigger, range: at });
      await this.#line({ ...instruction, range: at } as Instruction, stage);
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

  #image(
    name: string,
    platform: Platform,
    place: { source: Dockerfile["source"]; range: Word["range"] },
    stages: readonly string[],
  ): Promise<BaseImage> {
    try {
      parseReference(name);
    } catch (error) {
      if (error instanceof SlipwayError) throw badBase(place, name, error);
      throw error;
    }
    return memo(this.#found, `${name} ${JSON.stringify(platform)}`, async () => {
      try {
        return await this.#images.resolve(name, platform, place);
      } catch (error) {
        if (!(error instanceof SlipwayError)) throw error;
        throw withPlace(withStageHint(error, name, stages), place.source, place.range);
      }
    });
  }

  #imageVertex(image: BaseImage, name: string, stage: string): SourceVertex {
    const { reference, manifest, platform, config: its } = image;
    const diffIds = its.rootfs?.diff_ids ?? [];
    const known = this.#sources.get(`image ${manifest}`);
    if (known) return known;
    const platformName = [platform.os, platform.architecture, platform.variant].filter(Boolean).join("/");
    const vertex: SourceVertex = {
      source: { kind: "image", reference, manifest, platform: platformName, diffIds },
      origin: { stage, name, ranges: [] },
    };
    this.#sources.set(`image ${manifest}`, vertex);
    return vertex;
  }
}

/** FROM scratch with nothing on it, where something must be. */
function emptyVertex(stage: PlannedStage): Vertex {
  return { step: { kind: "merge" }, inputs: [], origin: { stage: stage.name, name: "FROM scratch", ranges: [] } };
}
