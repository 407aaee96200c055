/** All that can be wrong with advice. */
import { lineRange, type Range, SlipwayError, type SourceText, suggest } from "../core/index.ts";
import type { CheckPlace } from "./check-options.ts";
import type { Warning } from "./rule.ts";

/** A `# check=` directive has an option that nobody knows. */
export function badCheckOption(option: string, place: CheckPlace): SlipwayError {
  return new SlipwayError(`failed to parse check options: invalid check option ${JSON.stringify(option)}`, {
    code: "LINT_OPTION_INVALID",
    ...place,
    hint: "such as # check=skip=JSONArgsRecommended;error=true, without blanks",
  });
}

/** There is advice, and the file says that there must be none. */
export function lintViolation(warnings: readonly Warning[], place: CheckPlace): SlipwayError {
  const rules = [...new Set(warnings.map((warning) => warning.rule))];
  return new SlipwayError(`lint violation found for rules: ${rules.join(", ")}`, {
    code: "LINT_VIOLATION",
    ...place,
    hint: "build --check shows the lines; # check=skip= names rules that are not wanted",
  });
}

/** The settings file is not written as settings files are. */
export function badYaml(source: SourceText, range: Range, reason: string): SlipwayError {
  return new SlipwayError(`the settings cannot be read: ${reason}`, { code: "LINT_SETTINGS_SYNTAX", source, range });
}

/** A key of the settings is unknown or has a value that it cannot have. */
export function badLintSetting(source: SourceText, key: string, wanted: string): SlipwayError {
  const line = source.text.split("\n").findIndex((text) => text.trimStart().startsWith(key.replace(/^.*\./, ""))) + 1;
  return new SlipwayError(`the setting ${key} is not ${wanted}`, {
    code: "LINT_SETTING_INVALID",
    source,
    ...(line > 0 ? { range: lineRange(line, line) } : {}),
  });
}

/** No rule has the name. */
export function unknownRule(name: string, known: readonly string[]): SlipwayError {
  const near = suggest(name, known);
  return new SlipwayError(`there is no rule ${name}${near ? ` (did you mean ${near}?)` : ""}`, {
    code: "LINT_RULE_UNKNOWN",
    hint: "docs/rules.md lists them all",
  });
}
