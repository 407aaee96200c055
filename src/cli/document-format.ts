/** A single document in the forms of `--format`: `json` or a template. */
import { FUNCTIONS } from "./template/functions.ts";
import { Template } from "./template/template.ts";
import { fromJson } from "./template/values.ts";

/** Throws TEMPLATE_INVALID. */
export function renderDocument(document: object, format: string): string {
  if (format === "json") return `${JSON.stringify(document)}\n`;
  return `${new Template(format).run(fromJson(document), FUNCTIONS, true)}\n`;
}
