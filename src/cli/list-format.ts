/** Lists in the forms of `--format`: `table`, `table TEMPLATE`, `json`, `TEMPLATE`. */
import { alignTable } from "./table.ts";
import { HEADER_FUNCTIONS } from "./template/functions.ts";
import { Template } from "./template/template.ts";
import { type GoField, GoMap, GoStruct, type Value } from "./template/values.ts";

/** What a list is made of. */
export interface ListShape {
  /** Name of the row's type in messages, such as `*formatter.imageContext`. */
  readonly typeName: string;
  /** What stands above a field in a table. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A row: its fields by name. */
export type Row = Readonly<Record<string, string>>;

/** Rows in a format. Throws TEMPLATE_INVALID. */
export function formatList(format: string, rows: readonly Row[], shape: ListShape): string {
  if (format === "json") return rows.map((row) => `${escapedJson(row)}\n`).join("");
  const isTable = format.startsWith("table");
  const text = (isTable ? format.slice("table".length) : format)
    .replace(/^ +| +$/g, "")
    .replaceAll("\\t", "\t")
    .replaceAll("\\n", "\n");
  const template = new Template(text);
  const lines = rows.map((row) => template.run(structOf(row, shape.typeName)));
  if (!isTable) return lines.map((line) => `${line}\n`).join("");
  const headers = new GoMap(new Map(Object.entries(shape.headers)), "formatter.SubHeaderContext", "");
  return `${alignTable([template.run(headers, HEADER_FUNCTIONS), ...lines].join("\n"))}\n`;
}

function structOf(row: Row, typeName: string): Value {
  const fields = Object.keys(row).sort();
  return new GoStruct(new Map(fields.map((name): [string, GoField] => [name, { value: row[name], json: name }])), typeName);
}

/** As Go's encoder writes it, with `<`, `>` and `&` escaped, and fields in order of name. */
function escapedJson(row: Row): string {
  const sorted = Object.fromEntries(
    Object.keys(row)
      .sort()
      .map((name) => [name, row[name]]),
  );
  return JSON.stringify(sorted).replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}
