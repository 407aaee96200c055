/** Advice in the forms of `lint --format`. */
import { createHash } from "node:crypto";
import type { FixedFile, LintedFile, Severity } from "../api/index.ts";
import type { Range, SlipwayError, SourceText } from "../core/index.ts";
import { renderFinding } from "./report.ts";

/** A piece of advice, or an error of the file, at its place. */
export interface Finding {
  /** Name of the rule, or the error's code. */
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly source: SourceText;
  readonly range: Range;
  readonly description?: string;
  readonly url?: string;
  readonly hint?: string | undefined;
  readonly edits?: FixedFile["warnings"][number]["edits"];
  readonly creates?: SourceText;
}

/** All that there is to say about a file, its errors first. */
export function findingsOf({ warnings, error, source }: LintedFile): Finding[] {
  const errors = error && error.code !== "LINT_VIOLATION" ? [error, ...error.others] : [];
  return [...errors.map((one) => asFinding(one, source)), ...warnings.map((one) => ({ source, ...one }))];
}

const START: Range = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };

function asFinding({ code, message, hint, range, ...error }: SlipwayError, source: SourceText): Finding {
  return { rule: code, severity: "error", message, source: error.source ?? source, range: range ?? START, hint };
}

/** `--format` by name. Each writes all findings at once. */
export const LINT_FORMATS: Readonly<Record<string, (findings: readonly Finding[], version: string) => string>> = {
  tty,
  json,
  sarif,
  github,
  gitlab_codeclimate: codeclimate,
  codeclimate,
};

function tty(findings: readonly Finding[]): string {
  if (findings.length === 0) return "Lint complete, nothing found.\n";
  const fixable = findings.filter(({ edits = [], creates }) => edits.length > 0 || creates).length;
  const counts = (["error", "warning", "info", "style"] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count > 0 ? [`${count} ${severity}${count > 1 && /r$|g$/.test(severity) ? "s" : ""}`] : [];
  });
  const fixes = fixable === 0 ? "" : `; lint --fix mends ${fixable}`;
  return `${findings.map((finding) => `${renderFinding(finding)}\n`).join("")}Lint complete: ${counts.join(", ")}${fixes}.\n`;
}

/** As hadolint prints it. */
function json(findings: readonly Finding[]): string {
  const listed = findings.map(({ rule, severity, message, source, range }) => ({
    code: rule,
    column: range.start.column,
    file: source.name,
    level: severity,
    line: range.start.line,
    message,
  }));
  return `${JSON.stringify(listed)}\n`;
}

/** SARIF 2.1.0 (OASIS), which code scanning of GitHub and others reads. */
function sarif(findings: readonly Finding[], version: string): string {
  const rules = [...new Map(findings.map((finding) => [finding.rule, finding])).values()];
  const run = {
    tool: { driver: { name: "slipway", version, rules: rules.map(sarifRule) } },
    columnKind: "utf16CodeUnits",
    results: findings.map((finding) =>
      sarifResult(
        finding,
        rules.findIndex(({ rule }) => rule === finding.rule),
      ),
    ),
  };
  const schema = "https://json.schemastore.org/sarif-2.1.0.json";
  return `${JSON.stringify({ $schema: schema, version: "2.1.0", runs: [run] }, null, 2)}\n`;
}

function sarifRule({ rule, description, url, severity }: Finding): object {
  return {
    id: rule,
    ...(description ? { shortDescription: { text: description } } : {}),
    ...(url ? { helpUri: url } : {}),
    defaultConfiguration: { level: sarifLevel(severity) },
  };
}

function sarifResult({ rule, severity, message, source, range, edits = [] }: Finding, ruleIndex: number): object {
  const artifactLocation = { uri: source.name.split("/").map(encodeURIComponent).join("/") };
  const { start, end } = range;
  const region = { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
  const replacements = edits.map((edit) => ({
    deletedRegion: { charOffset: edit.start, charLength: edit.end - edit.start },
    insertedContent: { text: edit.text },
  }));
  return {
    ruleId: rule,
    ruleIndex,
    level: sarifLevel(severity),
    message: { text: message },
    locations: [{ physicalLocation: { artifactLocation, region } }],
    ...(edits.length > 0 ? { fixes: [{ artifactChanges: [{ artifactLocation, replacements }] }] } : {}),
  };
}

function sarifLevel(severity: Severity): string {
  return severity === "error" || severity === "warning" ? severity : "note";
}

/** Workflow commands of GitHub Actions, which it shows at the lines of a change. */
function github(findings: readonly Finding[]): string {
  const value = (text: string): string => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const property = (text: string): string => value(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
  const lines = findings.map(({ rule, severity, message, source, range }) => {
    const command = severity === "error" || severity === "warning" ? severity : "notice";
    const place = `file=${property(source.name)},line=${range.start.line},endLine=${lastLine(range)},col=${range.start.column}`;
    return `::${command} ${place},title=${property(rule)}::${value(message)}\n`;
  });
  return lines.join("");
}

const GITLAB = { error: "critical", warning: "major", info: "minor", style: "info" } as const;

/** The code quality report of GitLab. A fingerprint lasts while rule, message and line stay, wherever the line goes. */
function codeclimate(findings: readonly Finding[]): string {
  const seen = new Map<string, number>();
  const issues = findings.map(({ rule, severity, message, source, range }) => {
    const text = source.text.split("\n")[range.start.line - 1] ?? "";
    const content = JSON.stringify([source.name, rule, message, text]);
    const count = seen.get(content) ?? 0;
    seen.set(content, count + 1);
    return {
      type: "issue",
      check_name: rule,
      description: message,
      categories: ["Style"],
      severity: GITLAB[severity],
      fingerprint: createHash("sha256").update(`${content}${count}`).digest("hex"),
      location: { path: source.name, lines: { begin: range.start.line, end: lastLine(range) } },
    };
  });
  return `${JSON.stringify(issues, null, 2)}\n`;
}

function lastLine({ start, end }: Range): number {
  return end.column === 1 && end.line > start.line ? end.line - 1 : end.line;
}
