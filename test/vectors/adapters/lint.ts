import { SlipwayError } from "../../../src/core/index.ts";
import { parseIgnoreFile } from "../../../src/dockerfile/index.ts";
import { check } from "../../../src/lint/index.ts";
import { type ImageConfig, parseReference } from "../../../src/oci/index.ts";
import type { BaseImages } from "../../../src/plan/index.ts";
import { compilePatterns } from "../../../src/tree/index.ts";
import { imagesOf } from "./plan.ts";

interface Item {
  readonly dockerfile: string;
  readonly images?: Record<string, ImageConfig>;
  readonly buildArgs?: Record<string, string>;
  readonly target?: string;
  readonly dockerignore?: string;
  readonly want: { readonly error?: { readonly lines?: readonly number[] } };
}

const HOST = { os: "linux", architecture: "amd64" };

export async function answer({ dockerfile, images, buildArgs, target, dockerignore, want }: Item): Promise<unknown> {
  const plan = {
    ...(target === undefined ? {} : { target }),
    buildArgs: new Map(Object.entries(buildArgs ?? {})),
    labels: new Map(),
    platform: HOST,
    buildPlatform: HOST,
    noCache: false,
    contexts: new Map(),
  };
  const options = { plan, ignored: ignoredBy(dockerignore), isImageName };
  const result = await check({ name: "Dockerfile", text: dockerfile }, options, asTheyAre(images));
  const warnings = result.warnings.map(({ rule, message, range }) => ({ rule, message, lines: linesOf(range) }));
  return { warnings, ...(result.error ? { error: sameError(result.error, want.error) } : {}) };
}

/** The words of an error are slipway's own; that it is one, and where, counts. A circle may be shown at any of its lines. */
function sameError(error: SlipwayError, wanted: Item["want"]["error"]): unknown {
  const lines = error.range ? linesOf(error.range) : undefined;
  const same = !wanted?.lines || error.code === "PLAN_CIRCULAR" || JSON.stringify(wanted.lines) === JSON.stringify(lines);
  return wanted && same ? wanted : { message: error.message, lines };
}

function linesOf({ start, end }: NonNullable<SlipwayError["range"]>): [number, number] {
  return [start.line, end.column === 1 ? end.line - 1 : end.line];
}

function ignoredBy(text: string | undefined): ((path: string) => boolean) | undefined {
  const patterns = parseIgnoreFile(text ?? "").map(({ pattern }) => pattern);
  if (patterns.length === 0 || patterns.some((pattern) => pattern.startsWith("!"))) return undefined;
  const compiled = compilePatterns(patterns);
  return (path) => compiled.ignores(path);
}

function isImageName(name: string): boolean {
  try {
    parseReference(name);
    return true;
  } catch (error) {
    if (error instanceof SlipwayError) return false;
    throw error;
  }
}

/** Where a case names no images every name is one. Images have the platform they were made for, whatever is asked. */
function asTheyAre(images: Record<string, ImageConfig> | undefined): BaseImages {
  const named = imagesOf(images ?? {});
  const env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"];
  return {
    async resolve(name, platform, where) {
      const found = images ? named : imagesOf({ [name]: { ...HOST, config: { Env: env }, rootfs: { type: "layers", diff_ids: [] } } });
      const image = await found.resolve(name, platform, where);
      const { os, architecture } = image.config;
      return { ...image, platform: images ? { os, architecture } : platform };
    },
  };
}
