import { posix } from "node:path";
import { digestOfBytes, SlipwayError } from "../../../src/core/index.ts";
import { parseDockerfile } from "../../../src/dockerfile/index.ts";
import type { CopyAction, CopyStep, Input, MkdirStep, RunStep, Source, StepVertex, Vertex } from "../../../src/graph/index.ts";
import { type BaseImages, makePlan } from "../../../src/plan/index.ts";
import { canonicalName, formatPlatform, type ImageConfig, parsePlatform, parseReference, withDefaultTag } from "../../../src/oci/index.ts";

interface Item {
  readonly dockerfile: string;
  readonly images?: Record<string, ImageConfig>;
  readonly buildArgs?: Record<string, string>;
  readonly labels?: Record<string, string>;
  readonly target?: string;
  readonly platform?: string;
}
type Printed = Record<string, unknown>;

const HOST = { os: "linux", architecture: "amd64" };

export async function answer(item: Item): Promise<unknown> {
  const options = {
    ...(item.target === undefined ? {} : { target: item.target }),
    buildArgs: new Map(Object.entries(item.buildArgs ?? {})),
    labels: new Map(Object.entries(item.labels ?? {})),
    platform: item.platform ? parsePlatform(item.platform, HOST) : HOST,
    buildPlatform: HOST,
    noCache: false,
    contexts: new Map(),
  };
  try {
    const plan = await makePlan(parseDockerfile({ name: "Dockerfile", text: item.dockerfile }), options, imagesOf(item.images ?? {}));
    const printer = new Printer();
    if (plan.result) printer.idOf(plan.result);
    const { config, ...rest } = plan.config;
    return { image: { ...rest, config: config ?? {}, history: plan.history.map(({ entry }) => entry) }, steps: printer.steps };
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    const { range, message } = error;
    return { error: { message, ...(range ? { lines: [range.start.line, range.end.column === 1 ? range.end.line - 1 : range.end.line] } : {}) } };
  }
}

/** The images of a case by name. */
export function imagesOf(images: Record<string, ImageConfig>): BaseImages {
  const named = new Map(Object.entries(images).map(([name, config]) => [fullName(name), config]));
  return {
    async resolve(name, platform) {
      const reference = fullName(name);
      const config = named.get(reference);
      if (!config) throw new SlipwayError(`${name}: ${reference}: not found`, { code: "IMAGE_MISSING" });
      return { reference, manifest: digestOfBytes(`${reference} ${formatPlatform(platform)}`), config, platform };
    },
  };
}

function fullName(name: string): string {
  return canonicalName(withDefaultTag(parseReference(name)));
}

/** Prints a graph as the vectors do: inputs first, ids in the order of appearance. */
class Printer {
  readonly steps: Printed[] = [];
  readonly #ids = new Map<string, number>();

  idOf(vertex: Vertex): number {
    return "source" in vertex ? this.#source(vertex.source) : this.#step(vertex);
  }

  #add(printed: Printed): number {
    const key = JSON.stringify(printed);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.steps.length;
    this.#ids.set(key, id);
    this.steps.push({ ...printed, id });
    return id;
  }

  #source(source: Source): number {
    if (source.kind === "inline") {
      const [file] = source.files;
      return this.#add({ op: "files", actions: [{ action: "mkfile", data: file?.content, mode: "0644", onto: null, path: `/${file?.path}` }] });
    }
    const platform = source.kind === "image" && source.platform !== "linux/amd64" ? { platform: source.platform } : {};
    return this.#add({ op: "source", source: nameOf(source), ...platform });
  }

  #step(vertex: StepVertex): number {
    const { step, base, inputs } = vertex;
    const onto = base ? this.idOf(base) : null;
    switch (step.kind) {
      case "merge":
        return this.#add({ op: "merge", inputs: [...(onto === null ? [] : [onto]), ...inputs.map((input) => this.idOf(input.vertex))] });
      case "mkdir":
        return this.#add({ op: "files", actions: [mkdirOf(step, onto)] });
      case "copy":
        return this.#copy(step, inputs, onto);
      case "run":
        return this.#run(step, inputs, onto);
    }
  }

  #copy(step: CopyStep, inputs: readonly Input[], onto: number | null): number {
    const from = inputs.toReversed().map((input) => this.idOf(input.vertex)).reverse();
    const actions = step.actions.map((action, i) => ({
      action: "copy",
      dest: step.dest,
      from: from[i],
      onto: i === 0 ? onto : `action ${i - 1}`,
      ...actionOf(action, (inputs[i] as Input).vertex),
      ...modeOf(step.mode),
      ...(step.owner ? { owner: ownerOf(step.owner) } : {}),
    }));
    return this.#add({ op: "files", actions });
  }

  #run(step: RunStep, inputs: readonly Input[], root: number | null): number {
    const pipes = step.pipes?.map(({ name, content }) => ({ action: "mkfile", data: content, mode: "0755", onto: null, path: `/${name}` }));
    const secretEnv = step.mounts.flatMap((mount) =>
      mount.type === "secret" && mount.env ? [{ id: mount.id, name: mount.env, required: mount.required }] : [],
    );
    const mounts = step.mounts.flatMap((mount): Printed[] => {
      const input = "input" in mount && mount.input !== undefined ? inputs[mount.input] : undefined;
      const from = input ? { from: this.idOf(input.vertex) } : {};
      return this.#mount(mount, from);
    });
    if (pipes) mounts.push({ dest: "/dev/pipes/", from: this.#add({ op: "files", actions: pipes }), readonly: true, selector: "/", type: "bind" });
    return this.#add({
      op: "run",
      args: step.argv,
      env: [...step.env, ...step.mounts.flatMap((mount) => (mount.type === "ssh" ? [`SSH_AUTH_SOCK=${mount.target}`] : []))],
      cwd: step.cwd,
      root,
      ...(step.user ? { user: step.user } : {}),
      ...(step.network === "default" ? {} : { network: step.network }),
      ...(step.security === "sandbox" ? {} : { security: step.security }),
      ...(step.platform === "linux/amd64" ? {} : { platform: step.platform }),
      ...(mounts.length > 0 ? { mounts } : {}),
      ...(secretEnv.length > 0 ? { secretEnv } : {}),
    });
  }

  #mount(mount: RunStep["mounts"][number], from: { from?: number }): Printed[] {
    const dest = mount.target;
    const selector = "source" in mount && mount.source !== "/" ? { selector: mount.source } : {};
    switch (mount.type) {
      case "bind":
        return [{ dest, ...from, ...selector, type: "bind", ...(mount.writable ? {} : { readonly: true }) }];
      case "tmpfs":
        return [{ dest, type: "tmpfs", ...(mount.sizeBytes ? { size: mount.sizeBytes } : {}) }];
      case "cache": {
        const { uid, gid, mode, id: cacheId, sharing } = mount;
        const owned = uid || gid ? { owner: { group: gid, user: uid } } : {};
        const own = uid || gid || mode !== 0o755;
        const start = own
          ? { from: this.#add({ op: "files", actions: [{ action: "mkdir", mode: octal(mode), onto: null, ...owned, path: "/cache" }] }), selector: "/cache" }
          : { ...from, ...selector };
        return [{ cacheId, dest, sharing, type: "cache", ...start }];
      }
      case "secret": {
        const { id, uid, gid, required, mode } = mount;
        return dest === undefined ? [] : [{ dest, secret: { gid, id, mode: octal(mode), required, uid }, type: "secret" }];
      }
      case "ssh": {
        const { id, uid, gid, required, mode } = mount;
        return [{ dest, ssh: { gid, id: id === "default" ? "" : id, mode: octal(mode), required, uid }, type: "ssh" }];
      }
    }
  }
}

function nameOf(source: Exclude<Source, { kind: "inline" }>): string {
  if (source.kind === "image") return `docker-image://${source.reference}`;
  if (source.kind === "context") return `local://${source.name}`;
  if (source.kind === "http") return source.url;
  const fragment = [source.ref, source.subdir].filter(Boolean).join(":");
  return `git://${source.url.replace(/^\w+:\/\//, "").replace(/^git@([^:]+):/, "$1/")}${fragment ? `#${fragment}` : ""}`;
}

function mkdirOf(step: MkdirStep, onto: number | null): Printed {
  return { action: "mkdir", mode: "0755", onto, path: step.path, ...(step.owner ? { owner: ownerOf(step.owner) } : {}) };
}

function actionOf(action: CopyAction, from: Vertex): Printed {
  const kind = "source" in from ? from.source.kind : "step";
  if (kind === "git" || kind === "inline") return { src: action.source };
  if (kind === "http") return { src: `/${new URL((from as { source: { url: string } }).source.url).pathname.split("/").at(-1) || "__unnamed__"}` };
  const [folder, path] = action.source.split("/./");
  const pivoted = path !== undefined;
  const include = pivoted ? path : action.source.slice(1);
  return {
    contentsOnly: action.contentsOnly,
    followSymlink: action.followLinks,
    wildcard: action.wildcard,
    ...(action.exclude.length > 0 ? { exclude: action.exclude } : {}),
    ...(action.unpack === "never" ? {} : { unpack: true }),
    ...(action.parents
      ? { src: pivoted ? posix.join("/", folder ?? "") : "/", include: [include], ...(/[*?[]/.test(include) ? {} : { required: [`/${include}`] }) }
      : { src: action.source }),
  };
}

function modeOf(mode: string | undefined): Printed {
  if (mode === undefined) return {};
  return /^[0-7]+$/.test(mode) ? { mode: octal(Number.parseInt(mode, 8)) } : { mode: "0000", modeStr: mode };
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

function ownerOf(text: string): Printed {
  const [user = "", group] = text.split(":");
  const one = (name: string): unknown => (/^\d+$/.test(name) ? Number(name) : name === "root" ? 0 : name);
  const owner = one(user);
  return { group: group ? one(group) : typeof owner === "number" && group === undefined && user !== "root" ? owner : null, user: owner };
}
