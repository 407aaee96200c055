/** `slipway lint`: all advice about a file from its text and its context alone. No image is looked at. */
import type { SourceText } from "../core/index.ts";
import type { BaseImages } from "../plan/index.ts";
import { ALL_RULES } from "./all-rules.ts";
import { applyEdits } from "./apply-edits.ts";
import { type CheckResult, check } from "./check.ts";
import { unknownRule } from "./errors.ts";
import { type LinterOptions, namesOf } from "./linter.ts";
import type { Rule, Severity, Warning } from "./rule.ts";
import { jsonFormMistake } from "./rules/slipway/json-form-mistake.ts";
import type { LintSettings } from "./settings.ts";
import { offsetOf } from "./shell/script.ts";

/** What a file is looked at with. */
export interface LintOptions extends Omit<LinterOptions, "rules" | "policy" | "imagesUnknown"> {
  readonly settings: LintSettings;
}

/** Looks at every stage. Rejects only for what is no fault of the file. */
export async function lint(source: SourceText, { settings, ...options }: LintOptions): Promise<CheckResult> {
  const rules = wantedRules(source, settings);
  const result = await check(source, { ...options, rules, policy: settings, imagesUnknown: true }, noImages(options));
  const severities = severitiesOf(settings);
  return { ...result, warnings: result.warnings.map((one) => ({ ...one, severity: severities.get(one.rule) ?? one.severity })) };
}

/** What came of mending a file. */
export interface FixResult extends CheckResult {
  /** The mended text; the very same if there is nothing to mend. */
  readonly source: SourceText;
  /** Advice that was followed. `warnings` are the rest. */
  readonly done: readonly Warning[];
  /** Files of the build context to be made. */
  readonly created: readonly SourceText[];
}

/** Rounds of mending; one edit can make room for another. */
const MOST_ROUNDS = 10;

/** Follows all advice where it is certain what to do. Of errors, only a missing blank before `[` is mended. */
export async function fix(source: SourceText, options: LintOptions): Promise<FixResult> {
  const done: Warning[] = [];
  let mended = source;
  let result = await lint(mended, options);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const applied = applyEdits(mended.text, [...gluedInstructions(result, mended), ...result.warnings]);
    if (applied.done.length === 0) break;
    const next = { ...mended, text: applied.text };
    const after = await lint(next, options);
    // An edit that breaks the file would be a mistake of the rule: better leave the file alone.
    if (after.error && !result.error) break;
    for (const one of applied.done) done.push(one);
    mended = next;
    result = after;
  }
  const [made, rest] = [result.warnings.filter(({ creates }) => creates), result.warnings.filter(({ creates }) => !creates)];
  return {
    ...result,
    warnings: rest,
    source: mended,
    done: [...done, ...made],
    created: made.flatMap(({ creates }) => creates ?? []),
  };
}

/** `CMD["a"]`: a blank is missing. */
function gluedInstructions({ error }: CheckResult, { text }: SourceText): Warning[] {
  return (error ? [error, ...error.others] : []).flatMap(({ code, message, range, source }) => {
    if (code !== "DOCKERFILE_UNKNOWN_INSTRUCTION" || !range || !source) return [];
    const start = offsetOf(source, range.start);
    const keyword = /^(CMD|ENTRYPOINT|RUN|SHELL|VOLUME|COPY|ADD)(?=\[)/i.exec(text.slice(start, start + 12))?.[0];
    if (keyword === undefined) return [];
    const at = start + keyword.length;
    const { name: rule, description } = jsonFormMistake;
    return [{ rule, description, message, range, severity: "error", edits: [{ start: at, end: at, text: " " }] }];
  });
}

/** Throws LINT_RULE_UNKNOWN for a name that no rule has. Rules that hadolint alone has are known to nobody here, and may be named. */
export function knownNames(names: readonly string[]): void {
  const known = ALL_RULES.flatMap(namesOf);
  for (const name of names) if (!known.includes(name) && !/^(DL|SC)\d{4}$/.test(name)) throw unknownRule(name, known);
}

function wantedRules({ text }: SourceText, { ignored, enabled, severities }: LintSettings): readonly Rule[] {
  const global = [...text.matchAll(/^[ \t]*#[ \t]*hadolint[ \t]+global[ \t]+ignore[ \t]*=[ \t]*([\w, \t-]+)/gm)];
  const off = new Set([...ignored, ...global.flatMap((match) => (match[1] ?? "").split(/[\s,]+/))]);
  return ALL_RULES.filter((rule) => !namesOf(rule).some((name) => off.has(name))).map((rule) => {
    const asked = namesOf(rule).some((name) => enabled.has(name) || severities.has(name));
    const { experimental, ...always } = rule;
    return experimental && asked ? always : rule;
  });
}

/** Severities that the settings name, by the rules' own names. */
function severitiesOf({ severities }: LintSettings): ReadonlyMap<string, Severity> {
  return new Map(
    ALL_RULES.flatMap((rule) => {
      const name = namesOf(rule).find((one) => severities.has(one));
      return name === undefined ? [] : [[rule.name, severities.get(name) as Severity] as const];
    }),
  );
}

/** Every image is there, and nothing is known of it. */
function noImages({ plan }: Pick<LinterOptions, "plan">): BaseImages {
  return {
    async resolve(reference, platform) {
      const { os, architecture } = plan.platform;
      const config = { os, architecture, rootfs: { type: "layers" as const, diff_ids: [] } };
      return { reference, manifest: `sha256:${"0".repeat(64)}`, config, platform };
    },
  };
}

export { ALL_RULES } from "./all-rules.ts";
export { DEFAULT_SETTINGS, parseSettings } from "./settings.ts";
