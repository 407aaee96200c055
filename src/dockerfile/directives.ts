/** `# name=value` lines at the top: syntax, escape, check. The first other line ends them. */
import type { SourceText } from "../core/index.ts";
import type { Directive } from "./ast.ts";
import { duplicateDirective, invalidEscape } from "./errors.ts";

/** Asks for extensions of slipway's own. To others it is a comment, so it ends the directives here as well. */
const OWN = "slipway";
/** All that BuildKit knows. */
export const DIRECTIVES: readonly string[] = ["escape", "syntax", "check"];
/** Written so that no line can be taken apart in more ways than it has characters. */
const FORM = /^\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(\S[^]*|\s)$/;

export interface Head {
  readonly directives: readonly Directive[];
  readonly escape: string;
  /** How many lines of the file are directives. */
  readonly lines: number;
}

/** What stands behind the mark of a comment, if it is `name=value`. The name is in lower case. */
export function nameAndValue(comment: string): { readonly name: string; readonly value: string } | undefined {
  const [, name, value] = FORM.exec(comment) ?? [];
  if (name === undefined || value === undefined) return undefined;
  return { name: name.toLowerCase(), value: value.trimEnd() || value };
}

/** Throws DOCKERFILE_DIRECTIVE for a directive that stands twice or an escape that is none. */
export function readDirectives(source: SourceText, lines: readonly string[]): Head {
  const directives: Directive[] = [];
  let escape = "\\";
  for (const [index, raw] of lines.entries()) {
    const line = (index === 0 ? raw.replace(/^\ufeff/, "") : raw).slice(0, 100_000);
    const comment = line.trimStart();
    const found = comment.startsWith("#") ? nameAndValue(comment.slice(1)) : undefined;
    if (!found || (!DIRECTIVES.includes(found.name) && found.name !== OWN)) break;
    const { name, value } = found;
    const range = { start: { line: index + 1, column: 1 }, end: { line: index + 1, column: line.length + 1 } };
    if (directives.some((other) => other.name === name)) throw duplicateDirective(source, range, name);
    directives.push({ name, value, range });
    if (name === OWN) break;
    if (name !== "escape") continue;
    if (value !== "\\" && value !== "`") throw invalidEscape(source, range, value);
    escape = value;
  }
  return { directives, escape, lines: directives.length };
}
