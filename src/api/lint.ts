/** `slipway lint`: advice about a Dockerfile from its text and its context; nothing is built and no image is looked at. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { SourceText } from "../core/index.ts";
import {
  type CheckResult,
  type FixResult,
  type LintOptions,
  type LintSettings,
  loadLint,
  type Severity,
  type Threshold,
} from "../lint/index.ts";
import { compilePatterns } from "../tree/index.ts";
import { contextMissing, dockerfileMissing, dockerfileUnreadable, lintSettingsMissing } from "./errors.ts";
import { viewContext } from "./lint-context.ts";
import { isImageName } from "./planning.ts";
import { hostPlatform } from "./workbench.ts";

/** What is to be looked at. */
export interface LintFileOptions {
  /** Path of the Dockerfile, or its text. */
  readonly file: string | SourceText;
  /** The folder of the build context; that of the file if left out. A text has none unless it is named. */
  readonly context?: string;
  /** What relative paths start from; the process's own folder if left out. */
  readonly cwd?: string;
  readonly buildArgs?: ReadonlyMap<string, string>;
  readonly target?: string;
  /** As `readLintSettings` gives them; the defaults if left out. */
  readonly settings?: LintSettings;
  /** The day to judge the age of images by, such as `2026-01-31`; if left out, age does not count. */
  readonly today?: string;
}

/** Advice, and the text it is about. */
export interface LintedFile extends CheckResult {
  readonly source: SourceText;
}

/** Throws DOCKERFILE_MISSING, DOCKERFILE_UNREADABLE, CONTEXT_MISSING. What is wrong within the file is in the result. */
export async function lintFile(options: LintFileOptions): Promise<LintedFile> {
  const { lint } = await loadLint();
  const source = sourceOf(options);
  return { ...(await lint(source, await lintOptions(options))), source };
}

/** Whether there is advice at or above the threshold, or an error, unless the threshold is `none`. */
export function isFailure({ warnings, error }: CheckResult, { threshold }: LintSettings): boolean {
  if (threshold === "none") return false;
  const order = ["error", "warning", "info", "style"];
  return error !== undefined || warnings.some(({ severity }) => order.indexOf(severity) <= order.indexOf(threshold));
}

/** What came of mending a file. */
export interface FixedFile extends FixResult {
  readonly before: SourceText;
}

/** Follows the advice that is certain. The file is written in place, unless it is a `dryRun` or was given as text. Throws what lintFile throws. */
export async function fixFile(options: LintFileOptions & { readonly dryRun?: boolean }): Promise<FixedFile> {
  const { fix } = await loadLint();
  const before = sourceOf(options);
  const result = await fix(before, await lintOptions(options));
  const cwd = options.cwd ?? process.cwd();
  const root = contextOf(options);
  if (!options.dryRun) {
    if (typeof options.file === "string" && result.source.text !== before.text)
      writeFileSync(resolve(cwd, options.file), result.source.text);
    if (root !== undefined) for (const { name, text } of result.created) writeFileSync(join(root, name), text);
  }
  return { ...result, before };
}

/** What the command line adds to a settings file, by the rules' names. */
export interface FurtherSettings {
  readonly ignored?: readonly string[];
  readonly enabled?: readonly string[];
  readonly severities?: ReadonlyMap<string, Severity>;
  readonly threshold?: Threshold;
  readonly trustedRegistries?: readonly string[];
}

const SETTINGS_FILES = [".hadolint.yaml", ".hadolint.yml"];

/**
 * Reads a settings file, or else `.hadolint.yaml` of the folder, and puts `further` on top of it.
 * Throws LINT_SETTINGS_MISSING, LINT_SETTINGS_SYNTAX, LINT_SETTING_INVALID, LINT_RULE_UNKNOWN.
 */
export async function readLintSettings(
  folder: string,
  path: string | undefined,
  further: FurtherSettings = {},
): Promise<LintSettings> {
  const { DEFAULT_SETTINGS, knownNames, parseSettings } = await loadLint();
  const found = path ?? SETTINGS_FILES.find((name) => existsSync(join(folder, name)));
  const settings =
    found === undefined ? DEFAULT_SETTINGS : parseSettings({ name: found, text: readSettings(resolve(folder, found)) });
  knownNames([...(further.ignored ?? []), ...(further.enabled ?? []), ...(further.severities?.keys() ?? [])]);
  return {
    ...settings,
    ignored: new Set([...settings.ignored, ...(further.ignored ?? [])]),
    enabled: new Set([...settings.enabled, ...(further.enabled ?? [])]),
    severities: new Map([...settings.severities, ...(further.severities ?? [])]),
    threshold: further.threshold ?? settings.threshold,
    trustedRegistries: [...settings.trustedRegistries, ...(further.trustedRegistries ?? [])],
  };
}

function readSettings(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw lintSettingsMissing(path, error as NodeJS.ErrnoException);
  }
}

function sourceOf({ file, cwd = process.cwd() }: LintFileOptions): SourceText {
  if (typeof file === "object") return file;
  const path = resolve(cwd, file);
  if (!existsSync(path)) throw dockerfileMissing(file, []);
  try {
    return { name: file, text: readFileSync(path, "utf8") };
  } catch (error) {
    throw dockerfileUnreadable(file, error as NodeJS.ErrnoException);
  }
}

function contextOf({ file, context, cwd = process.cwd() }: LintFileOptions): string | undefined {
  if (context !== undefined) return resolve(cwd, context);
  return typeof file === "string" ? dirname(resolve(cwd, file)) : undefined;
}

async function lintOptions(options: LintFileOptions): Promise<LintOptions> {
  const { DEFAULT_SETTINGS } = await loadLint();
  const { file, context, cwd = process.cwd(), buildArgs = new Map(), target, settings = DEFAULT_SETTINGS, today } = options;
  const path = typeof file === "string" ? resolve(cwd, file) : undefined;
  const root = contextOf(options);
  if (context !== undefined && !existsSync(root ?? "")) throw contextMissing(context);
  const view = root === undefined ? undefined : viewContext(root, path, cwd);
  const patterns = view?.ignore?.rules.map(({ pattern }) => pattern) ?? [];
  const plain = patterns.length > 0 && !patterns.some((pattern) => pattern.startsWith("!"));
  const ignored = plain ? compilePatterns(patterns) : undefined;
  const platform = hostPlatform();
  const plan = { buildArgs, labels: new Map(), platform, buildPlatform: platform, noCache: false, contexts: new Map() };
  return {
    plan: { ...plan, ...(target === undefined ? {} : { target }) },
    isImageName,
    ignored: ignored ? (name) => ignored.ignores(name) : undefined,
    context: view,
    settings,
    today,
  };
}
