/**
 * Errors and warnings for people.
 *
 * The message, its code, the place with what is at fault underlined, and what to do.
 * Nothing else renders errors; the colours are the terminal's and never needed.
 */
import type { Range, SlipwayError, SourceText } from "../core/index.ts";
import { isCanceled, type Trace, type TracedVertex } from "./progress-trace.ts";
import { textWidth } from "./text-width.ts";

/** More errors than these are only counted. */
const MOST_ERRORS = 20;

/** `error: MESSAGE  [CODE]`, the place, the hint; further errors follow in the same form. */
export function renderError(error: SlipwayError): string {
  const shown = [error, ...error.others].slice(0, MOST_ERRORS);
  const blocks = shown.map((one) => `${[`error: ${one.message}  [${one.code}]`, ...details(one)].join("\n")}\n`);
  const more = error.others.length + 1 - shown.length;
  if (more > 0) blocks.push(`and ${more} more error${more === 1 ? "" : "s"}\n`);
  return blocks.join("\n");
}

/** What an error or a piece of advice can have besides its message. */
interface Detailed {
  readonly source?: SourceText | undefined;
  readonly range?: Range | undefined;
  readonly hint?: string | undefined;
}

/** A piece of advice, in the form of errors. */
export function renderFinding(
  finding: Detailed & { readonly severity: string; readonly rule: string; readonly message: string },
): string {
  return `${[`${finding.severity}: ${finding.message}  [${finding.rule}]`, ...details(finding)].join("\n")}\n`;
}

/** In Docker's words, which log scrapers look for: `PREFIXMESSAGE`, then the place and the hint. */
export function renderDockerError(error: SlipwayError, prefix: string): string {
  return `${[`${prefix}${error.message}`, ...details(error)].join("\n")}\n`;
}

function details(error: Detailed): string[] {
  const place = error.source && error.range ? excerpt(error.source, error.range) : [];
  return [...place, ...(error.hint ? [`  hint: ${error.hint}`] : [])];
}

/** More lines than these are shortened in the middle. */
const MOST_LINES = 6;

/** The lines of a range; what is at fault is underlined where the range is not just whole lines. */
export function excerpt(source: SourceText, range: Range): string[] {
  const lines = linesOf(source);
  const first = Math.min(Math.max(1, range.start.line), lines.length);
  const wholeLines = range.start.column === 1 && range.end.column === 1 && range.end.line > range.start.line;
  const last = Math.min(Math.max(first, wholeLines ? range.end.line - 1 : range.end.line), lines.length);
  const margin = " ".repeat(String(last).length);
  const shown: string[] = [`  --> ${source.name}:${first}${wholeLines ? "" : `:${range.start.column}`}`, `  ${margin} |`];
  for (let number = first; number <= last; number++) {
    if (number - first >= MOST_LINES - 1 && number < last) {
      if (number - first === MOST_LINES - 1) shown.push(`  ${".".repeat(margin.length)} |`);
      continue;
    }
    const line = (lines[number - 1] ?? "").replace(/\r$/, "");
    shown.push(`  ${String(number).padStart(margin.length)} | ${expandTabs(line)}`.trimEnd());
    if (!wholeLines) shown.push(`  ${margin} | ${underline(line, number, first, last, range)}`);
  }
  return shown;
}

/** Errors of one file come one after the other. */
const splits = new WeakMap<SourceText, readonly string[]>();

function linesOf(source: SourceText): readonly string[] {
  const known = splits.get(source);
  if (known) return known;
  const lines = source.text.split("\n");
  splits.set(source, lines);
  return lines;
}

function underline(line: string, number: number, first: number, last: number, range: Range): string {
  const from = number === first ? range.start.column - 1 : line.length - line.trimStart().length;
  const to = number === last ? range.end.column - 1 : line.trimEnd().length;
  const before = textWidth(expandTabs(line.slice(0, from)));
  const through = textWidth(expandTabs(line.slice(0, Math.max(from, to))));
  return " ".repeat(before) + "^".repeat(Math.max(1, through - before));
}

/** Tabs become blanks up to the next column of four. */
function expandTabs(text: string): string {
  if (!text.includes("\t")) return text;
  let expanded = "";
  for (const character of text) {
    expanded += character === "\t" ? " ".repeat(4 - (textWidth(expanded) % 4)) : character;
  }
  return expanded;
}

/** The last lines of the steps that failed, between rules, as BuildKit prints them. */
export function failedSteps(trace: Trace): string {
  return [...trace.vertices.values()]
    .filter((vertex) => vertex.state === "failed" && !isCanceled(vertex))
    .map((vertex) => `------\n > ${vertex.name}:\n${tailOf(vertex)}------\n${whereAll(trace, vertex)}`)
    .join("");
}

/** Where the lines are that are left out. */
function whereAll({ build }: Trace, vertex: TracedVertex): string {
  if (build === undefined || vertex.lines <= vertex.tail.length) return "";
  return `All ${vertex.lines} lines: slipway logs ${build} ${vertex.number}\n`;
}

function tailOf(vertex: TracedVertex): string {
  const before = vertex.lines > vertex.tail.length ? ["..."] : [];
  return [...before, ...vertex.tail].map((line) => `${line}\n`).join("");
}

/** A warning about a Dockerfile, as lint gives it. */
export interface ShownWarning {
  readonly rule: string;
  readonly message: string;
  readonly range: Range;
  /** Docker's page about the rule; slipway's own rules have none. */
  readonly url?: string;
  readonly description?: string;
}

/** The list after a build; with `debug` each warning has its place and where to read more. What Docker does not warn of comes as notes. */
export function warningList(warnings: readonly ShownWarning[], source: SourceText, debug: boolean): string {
  const notes = warnings.filter(({ url }) => url === undefined).map(({ message }) => `note: ${message}\n`);
  const known = warnings.filter(({ url }) => url !== undefined);
  return dockerList(known, source, debug) + notes.join("");
}

function dockerList(warnings: readonly ShownWarning[], source: SourceText, debug: boolean): string {
  if (warnings.length === 0) return "";
  const count = `${warnings.length} warning${warnings.length === 1 ? "" : "s"} found`;
  const lines = [``, ` ${count}${debug ? ":" : " (use docker --debug to expand):"}`];
  for (const warning of warnings) {
    lines.push(` - ${warning.rule}: ${warning.message} (line ${warning.range.start.line})`);
    if (!debug) continue;
    if (warning.description) lines.push(warning.description);
    if (warning.url) lines.push(`More info: ${warning.url}`);
    lines.push(...markedLines(source, warning.range), "");
  }
  return `${lines.join("\n")}\n`;
}

/** The result of `--check`, as Docker prints it. */
export function checkReport(warnings: readonly ShownWarning[], source: SourceText): string {
  if (warnings.length === 0) return "Check complete, no warnings found.\n";
  const found = warnings.length === 1 ? "1 warning has been found!" : `${warnings.length} warnings have been found!`;
  const each = warnings.map((warning) =>
    [
      `\nWARNING: ${warning.rule}${warning.url ? ` - ${warning.url}` : ""}`,
      warning.message,
      ...markedLines(source, warning.range),
      "",
    ].join("\n"),
  );
  return `Check complete, ${found}\n${each.join("")}`;
}

/** Lines with `>>>` before those of the range and two more on each side, as BuildKit shows a place. */
function markedLines(source: SourceText, range: Range): string[] {
  const lines = source.text.split("\n");
  const end = range.end.column === 1 && range.end.line > range.start.line ? range.end.line - 1 : range.end.line;
  const from = Math.max(1, range.start.line - 2);
  const to = Math.min(lines.length, end + 2);
  const shown = [`${source.name}:${range.start.line}`, "-".repeat(20)];
  for (let number = from; number <= to; number++) {
    const mark = number >= range.start.line && number <= end ? ">>>" : "   ";
    shown.push(`${String(number).padStart(4)} | ${mark} ${lines[number - 1] ?? ""}`);
  }
  return [...shown, "-".repeat(20)];
}

/** What escapes that is no SlipwayError: a bug. The stack is for the report of it. */
export function renderBug(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `error: a bug in slipway, please report it with the text below\n${text}\n`;
}
