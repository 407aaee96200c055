/** Which frontend a file asks for, in any of the forms BuildKit knows. slipway serves all of docker/dockerfile itself. */

import { DIRECTIVES, nameAndValue } from "./directives.ts";

export interface Syntax {
  /** The image: the first word. */
  readonly ref: string;
  /** All that was written. */
  readonly full: string;
  readonly line: number;
}

/** Looks for `# syntax=`, `// syntax=` and a JSON file's `"syntax"`; undefined if there is none. */
export function detectSyntax(text: string): Syntax | undefined {
  return detectDirective(text, "syntax");
}

/** The same for any directive. Unlike the parser this looks behind a `#!` line, and not at indented ones. */
export function detectDirective(text: string, name: string): Syntax | undefined {
  const lines = text.replace(/^\ufeff/, "").split("\n", 1000);
  const start = lines[0]?.startsWith("#!") ? 1 : 0;
  return commented(lines, start, "#", name) ?? commented(lines, start, "//", name) ?? fromJson(text, start, lines, name);
}

function commented(lines: readonly string[], start: number, mark: string, name: string): Syntax | undefined {
  for (let i = start; i < lines.length; i++) {
    const line = lines[i] as string;
    if (!line.startsWith(mark)) return undefined;
    const found = nameAndValue(line.slice(mark.length, 10_000));
    if (!found || !DIRECTIVES.includes(found.name)) return undefined;
    if (found.name === name) return syntaxOf(found.value, i + 1);
  }
  return undefined;
}

function fromJson(text: string, start: number, lines: readonly string[], name: string): Syntax | undefined {
  const body = start > 0 ? text.slice((lines[0]?.length ?? 0) + 1) : text;
  if (!body.trimStart().startsWith("{")) return undefined;
  try {
    const value: unknown = (JSON.parse(body) as Record<string, unknown>)[name];
    return typeof value === "string" && value !== "" ? syntaxOf(value, 0) : undefined;
  } catch {
    return undefined;
  }
}

function syntaxOf(full: string, line: number): Syntax {
  return { ref: full.split(/\s+/, 1)[0] ?? "", full, line };
}
