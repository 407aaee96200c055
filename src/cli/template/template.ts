/** Templates of `--format`, from text to output (Go's text/template with docker's functions). */
import { badTemplate } from "../errors.ts";
import { evaluate } from "./evaluate.ts";
import { ExecuteError } from "./fail.ts";
import { FUNCTIONS, type Functions } from "./functions.ts";
import type { ParsedTemplate } from "./nodes.ts";
import { parseTemplate } from "./parser.ts";
import type { Value } from "./values.ts";

/** A template that can be run over many values. */
export class Template {
  readonly #parsed: ParsedTemplate;

  /** Throws TEMPLATE_INVALID. */
  constructor(text: string) {
    this.#parsed = parseTemplate(text, new Set(FUNCTIONS.keys()));
  }

  /** The output. Throws TEMPLATE_INVALID. */
  run(data: Value, functions: Functions = FUNCTIONS, missingKeyIsError = false): string {
    try {
      return evaluate(this.#parsed, data, { functions, missingKeyIsError });
    } catch (error) {
      if (error instanceof ExecuteError) throw badTemplate(error.message);
      throw error;
    }
  }
}
