/** All that can be wrong with advice. */
import { SlipwayError } from "../core/index.ts";
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
