/** Answers to `build --call` as buildx prints them. */
import type { Outline, Target } from "../../api/index.ts";
import type { Range, SlipwayError, SourceText } from "../../core/index.ts";
import type { ShownWarning } from "../report.ts";
import { textWidth } from "../text-width.ts";

/** As Go writes JSON: indented, with letters that HTML minds escaped. */
export function goJson(value: unknown): string {
  const escaped = JSON.stringify(value, null, 2).replace(/[<>&\u2028\u2029]/g, (letter) => {
    return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return `${escaped}\n`;
}

/** The result of `check`, as JSON. Unlike buildx it does not tell how the file came to the builder (`definition`). */
export function checkJson(warnings: readonly ShownWarning[], source: SourceText, error: SlipwayError | undefined): unknown {
  const listed = warnings.map(({ rule, description, url, message, range }) => ({
    ruleName: rule,
    ...(description ? { description } : {}),
    ...(url ? { url } : {}),
    detail: message,
    location: locationOf(range),
  }));
  return {
    warnings: listed.length > 0 ? listed : null,
    sources: [{ filename: source.name, data: base64(source), language: "Dockerfile" }],
    ...(error ? { buildError: { message: error.message, location: error.range ? locationOf(error.range) : {} } } : {}),
  };
}

export function outlineJson(outline: Outline & { readonly source: SourceText }): unknown {
  const loans = (all: Outline["secrets"]): unknown[] =>
    all.map(({ id, required, range }) => ({ name: id, ...(required ? { required } : {}), location: locationOf(range) }));
  const args = outline.arguments.map(({ name, description, value, range }) => ({
    name,
    ...(description ? { description } : {}),
    ...(value ? { value } : {}),
    location: locationOf(range),
  }));
  return {
    ...(outline.name ? { name: outline.name } : {}),
    ...(outline.description ? { description: outline.description } : {}),
    ...(args.length > 0 ? { args } : {}),
    ...(outline.secrets.length > 0 ? { secrets: loans(outline.secrets) } : {}),
    ...(outline.ssh.length > 0 ? { ssh: loans(outline.ssh) } : {}),
    sources: [base64(outline.source)],
  };
}

export function outlineText(outline: Outline): string {
  const title = [
    ...(outline.name ? [["TARGET:", outline.name]] : []),
    ...(outline.description ? [["DESCRIPTION:", outline.description]] : []),
  ];
  const args = outline.arguments.map(({ name, value = "", description = "" }) => [name, value, description]);
  const loans = (all: Outline["secrets"]): string[][] => all.map(({ id, required }) => [id, required ? "true" : ""]);
  const tables = [
    aligned(title, 1),
    aligned(headed(["BUILD ARG", "VALUE", "DESCRIPTION"], args), 3),
    aligned(headed(["SECRET", "REQUIRED"], loans(outline.secrets)), 3),
    aligned(headed(["SSH", "REQUIRED"], loans(outline.ssh)), 3),
  ];
  return tables.map((table) => (table === "" ? "" : `${table}\n`)).join("");
}

export function targetsJson(targets: readonly Target[], source: SourceText): unknown {
  return {
    targets: targets.map(({ name, isDefault, description, base, platform, range }) => ({
      ...(name ? { name } : {}),
      ...(isDefault ? { default: true } : {}),
      ...(description ? { description } : {}),
      base,
      ...(platform ? { platform } : {}),
      location: locationOf(range),
    })),
    sources: [base64(source)],
  };
}

export function targetsText(targets: readonly Target[]): string {
  const nameOf = ({ name, isDefault }: Target): string => (isDefault ? [name, "(default)"].filter(Boolean).join(" ") : name);
  return aligned(
    headed(
      ["TARGET", "DESCRIPTION"],
      targets.map((target) => [nameOf(target), target.description ?? ""]),
    ),
    1,
  );
}

const REQUESTS = [
  ["outline", "1.0.0", "List all parameters current build target supports"],
  ["targets", "1.0.0", "List all targets current build supports"],
  ["subrequests.describe", "1.0.0", "List available subrequest types"],
] as const;

export function describeText(): string {
  return aligned(headed(["NAME", "VERSION", "DESCRIPTION"], REQUESTS), 1);
}

export function describeJson(): unknown {
  return REQUESTS.map(([name, version, description]) => ({
    name: `frontend.${name}`,
    version,
    type: "rpc",
    description,
    opts: name === "outline" ? [{ name: "target", description: "Target build stage" }] : name === "targets" ? [] : null,
    inputs: null,
    metadata: ["result.json", "result.txt"].map((file) => ({ name: file, description: "" })),
    refs: null,
  }));
}

/** A head over rows; nothing if there are no rows. */
function headed(head: readonly string[], rows: readonly (readonly string[])[]): (readonly string[])[] {
  return rows.length > 0 ? [head, ...rows] : [];
}

/** Columns as wide as their widest cell and `gap` blanks; the last one is as wide as it is. */
function aligned(rows: readonly (readonly string[])[], gap: number): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [i, cell] of row.slice(0, -1).entries()) widths[i] = Math.max(widths[i] ?? 0, textWidth(cell) + gap);
  const lines = rows.map((row) =>
    row.map((cell, i) => (i === row.length - 1 ? cell : cell + " ".repeat((widths[i] ?? 0) - textWidth(cell)))).join(""),
  );
  return lines.map((line) => `${line}\n`).join("");
}

/** Lines alone, as BuildKit tells places. */
function locationOf({ start, end }: Range): unknown {
  const last = end.column === 1 && end.line > start.line ? end.line - 1 : end.line;
  return { ranges: [{ start: { line: start.line }, end: { line: last } }] };
}

function base64({ text }: SourceText): string {
  return Buffer.from(text).toString("base64");
}
