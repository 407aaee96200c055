/** Watches a plan being made and collects advice. */
import type { SlipwayError } from "../core/index.ts";
import type { Dockerfile, From, Instruction, ParseWarning } from "../dockerfile/index.ts";
import { globalsOf, type LineState, type NamedScope, type PlanOptions, type PlanWatcher } from "../plan/index.ts";
import type { BuiltImage } from "./built-image.ts";
import { type CheckOptions, type CheckPlace, has, parseCheckOptions, skippedAbove } from "./check-options.ts";
import { lintViolation } from "./errors.ts";
import { type Details, type Rule, type Subject, type Surroundings, type Tell, urlOf, type Warning } from "./rule.ts";
import { RULES } from "./rules.ts";
import { offsetOf, positionOf } from "./shell/script.ts";

export interface LinterOptions
  extends Pick<Surroundings, "ignored" | "isImageName" | "context" | "policy" | "today" | "imagesUnknown"> {
  readonly plan: PlanOptions;
  /** Those that Docker has, if left out. */
  readonly rules?: readonly Rule[];
}

type Platform = Parameters<PlanWatcher["base"]>[2];

export class Linter implements PlanWatcher {
  readonly #warnings: Warning[];
  readonly #rules: readonly { readonly rule: Rule; readonly tell: Tell }[];
  readonly #around: Surroundings;
  readonly #options: CheckOptions;
  readonly #place: CheckPlace;
  readonly #file: Dockerfile;
  readonly #target: string | undefined;

  /** Looks at the file as it was written. Throws LINT_OPTION_INVALID. */
  constructor(file: Dockerfile, { plan, rules = RULES, ...known }: LinterOptions) {
    this.#file = file;
    this.#target = plan.target?.toLowerCase();
    const directive = file.directives.find((one) => one.name.toLowerCase() === "check");
    const given = plan.buildArgs.get("BUILDKIT_DOCKERFILE_CHECK");
    this.#place = given === undefined && directive ? { source: file.source, range: directive.range } : {};
    this.#options = parseCheckOptions(given ?? directive?.value ?? "", this.#place);
    const defaults = globalsOf(file, { ...plan, buildArgs: new Map() });
    this.#around = {
      ...known,
      defaults: { get: (name) => defaults.get(name), names: () => [...defaults.keys()] },
      declared: new Set(file.globals.flatMap((arg) => arg.args.map(({ key }) => key))),
      buildArgs: plan.buildArgs,
    };
    const wanted = rules.filter((rule) => isWanted(rule, this.#options));
    this.#rules = wanted.map((rule) => ({
      rule,
      tell: (subject, message, details) => this.#add(rule, subject, message, details),
    }));
    this.#warnings = file.warnings.flatMap((warning) => this.#asTold(warning, wanted));
    const above = this.#warnings.length;
    for (const { rule, tell } of this.#rules) rule.written?.(file, tell);
    // BuildKit reads line by line, and these rules as it reads.
    const read = this.#warnings.splice(above).sort((a, b) => a.range.start.line - b.range.start.line);
    for (const warning of read) this.#warnings.push(warning);
    for (const { rule, tell } of this.#rules) rule.whole?.(file, this.#around, tell);
  }

  from(from: From, globals: NamedScope): void {
    for (const { rule, tell } of this.#rules) rule.from?.(from, globals, tell, this.#around);
  }

  base(from: From, name: string, found: Platform, wanted: Platform): void {
    const base = { name, found: textOf(found), wanted: textOf(wanted) };
    for (const { rule, tell } of this.#rules) rule.base?.(from, base, tell);
  }

  line(line: Instruction, state: LineState): void {
    for (const { rule, tell } of this.#rules) rule.line?.(line, state, tell, this.#around);
  }

  /** What there is to say about the image that was made, besides what was found before. */
  built(image: BuiltImage): readonly Warning[] {
    const before = this.#warnings.length;
    const { stages } = this.#file;
    const stage = stages.findLast(({ name }) => name !== "" && name === this.#target) ?? stages.at(-1);
    if (stage) for (const { rule, tell } of this.#rules) rule.built?.(this.#file, { ...image, stage }, tell);
    return this.#warnings.slice(before);
  }

  /** What was found so far, in BuildKit's order of finding it. */
  found(): readonly Warning[] {
    return this.#warnings;
  }

  /** What was found so far, by place, rule and message. */
  warnings(): readonly Warning[] {
    return this.#warnings.toSorted(
      (a, b) => a.range.start.line - b.range.start.line || compare(a.rule, b.rule) || compare(a.message, b.message),
    );
  }

  /** The error that the file asks for where there is advice (`error=true`) that Docker has as well. */
  violation(): SlipwayError | undefined {
    if (!this.#options.error) return undefined;
    const known = this.warnings().filter(({ rule }) => RULES.some(({ name }) => name === rule));
    return known.length > 0 ? lintViolation(known, this.#place) : undefined;
  }

  /** What the reader of the file told. It quotes the whole instruction; a list shows the line anyway. */
  #asTold(warning: ParseWarning, rules: readonly Rule[]): Warning[] {
    const rule = rules.find(({ name }) => name === warning.rule);
    if (!rule) return [];
    const edits = rule.mend?.(this.#file, warning.range);
    return [{ ...asWarning(rule, warning, warning.message.replace(/ found in: [^]*/, "")), ...(edits ? { edits } : {}) }];
  }

  #add(rule: Rule, subject: Subject, message: string, details: Details = {}): void {
    if (subject.comments.length > 0 && namesOf(rule).some((name) => skippedAbove(subject.comments, name))) return;
    const { at, replace = [], ...rest } = details;
    const { source } = this.#file;
    const edits = replace.map(({ range, text }) => ({
      start: offsetOf(source, range.start),
      end: offsetOf(source, range.end),
      text,
    }));
    const range = at && at.start >= 0 ? { start: positionOf(source, at.start), end: positionOf(source, at.end) } : subject.range;
    this.#warnings.push({ ...asWarning(rule, { range }, message), ...(edits.length > 0 ? { edits } : {}), ...rest });
  }
}

/** All names that stand for a rule. */
export function namesOf({ name, code, aliases = [] }: Rule): readonly string[] {
  return [name, ...(code === undefined ? [] : [code]), ...aliases];
}

function asWarning(rule: Rule, { range }: Pick<Warning, "range">, message: string): Warning {
  const { name, description, severity = "warning" } = rule;
  const url = urlOf(rule);
  return { rule: name, description, message, range, severity, ...(url === undefined ? {} : { url }) };
}

function isWanted(rule: Rule, options: CheckOptions): boolean {
  const names = namesOf(rule);
  if (names.some((name) => has(options.skip, name))) return false;
  return !rule.experimental || names.some((name) => has(options.experimental, name));
}

function textOf({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant ? [variant] : [])].join("/");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
