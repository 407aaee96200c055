/** Watches a plan being made and collects advice. */
import type { SlipwayError } from "../core/index.ts";
import type { Dockerfile, From, Instruction } from "../dockerfile/index.ts";
import { globalsOf, type LineState, type NamedScope, type PlanOptions, type PlanWatcher } from "../plan/index.ts";
import { type CheckOptions, type CheckPlace, has, parseCheckOptions, skippedAbove } from "./check-options.ts";
import { lintViolation } from "./errors.ts";
import { type Rule, type Surroundings, type Tell, urlOf, type Warning } from "./rule.ts";
import { RULES } from "./rules.ts";

export interface LinterOptions extends Pick<Surroundings, "ignored" | "isImageName"> {
  readonly plan: PlanOptions;
  readonly rules?: readonly Rule[];
}

type Platform = Parameters<PlanWatcher["base"]>[2];

export class Linter implements PlanWatcher {
  readonly #warnings: Warning[];
  readonly #rules: readonly { readonly rule: Rule; readonly tell: Tell }[];
  readonly #around: Surroundings;
  readonly #options: CheckOptions;
  readonly #place: CheckPlace;

  /** Looks at the file as it was written. Throws LINT_OPTION_INVALID. */
  constructor(file: Dockerfile, options: LinterOptions) {
    const directive = file.directives.find((one) => one.name.toLowerCase() === "check");
    const given = options.plan.buildArgs.get("BUILDKIT_DOCKERFILE_CHECK");
    this.#place = given === undefined && directive ? { source: file.source, range: directive.range } : {};
    this.#options = parseCheckOptions(given ?? directive?.value ?? "", this.#place);
    const defaults = globalsOf(file, { ...options.plan, buildArgs: new Map() });
    this.#around = {
      defaults: { get: (name) => defaults.get(name), names: () => [...defaults.keys()] },
      declared: new Set(file.globals.flatMap((arg) => arg.args.map(({ key }) => key))),
      ignored: options.ignored,
      isImageName: options.isImageName,
    };
    const wanted = (options.rules ?? RULES).filter((rule) => isWanted(rule, this.#options));
    this.#rules = wanted.map((rule) => ({ rule, tell: (subject, message) => this.#add(rule, subject, message) }));
    this.#warnings = file.warnings
      .filter(({ rule }) => !has(this.#options.skip, rule))
      // The reader quotes the whole instruction; a list shows the line anyway.
      .map((one) => ({
        ...one,
        message: one.message.replace(/ found in: [^]*/, ""),
        url: one.url ?? urlOf(one.rule),
        description: descriptionOf(one.rule),
      }));
    for (const { rule, tell } of this.#rules) rule.written?.(file, tell);
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

  /** What was found so far, by place, rule and message. */
  warnings(): readonly Warning[] {
    return this.#warnings.toSorted(
      (a, b) => a.range.start.line - b.range.start.line || compare(a.rule, b.rule) || compare(a.message, b.message),
    );
  }

  /** The error that the file asks for where there is advice (`error=true`). */
  violation(): SlipwayError | undefined {
    return this.#options.error && this.#warnings.length > 0 ? lintViolation(this.warnings(), this.#place) : undefined;
  }

  #add({ name, description }: Rule, subject: Parameters<Tell>[0], message: string): void {
    if (skippedAbove(subject.comments, name)) return;
    this.#warnings.push({ rule: name, description, message, range: subject.range, url: urlOf(name) });
  }
}

function descriptionOf(name: string): string {
  return RULES.find((rule) => rule.name === name)?.description ?? "";
}

function isWanted(rule: Rule, options: CheckOptions): boolean {
  return !has(options.skip, rule.name) && (!rule.experimental || has(options.experimental, rule.name));
}

function textOf({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant ? [variant] : [])].join("/");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
