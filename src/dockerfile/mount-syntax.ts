/** What of `--mount` and `--device` can be judged before anything is expanded. */
import type { Range, SourceText } from "../core/index.ts";
import type { Word } from "./ast.ts";
import { badValue } from "./errors.ts";

/** Fields of a line of CSV; undefined if its quotes are wrong. Quotes go around a whole field. */
export function csvFields(text: string): string[] | undefined {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      let field = "";
      for (at++; ; ) {
        const end = text.indexOf('"', at);
        if (end < 0) return undefined;
        field += text.slice(at, end);
        at = end + 1;
        if (text[at] !== '"') break;
        field += '"';
        at++;
      }
      fields.push(field);
      if (at < text.length && text[at] !== ",") return undefined;
    } else {
      const comma = text.indexOf(",", at);
      const field = text.slice(at, comma < 0 ? text.length : comma);
      if (field.includes('"')) return undefined;
      fields.push(field);
      at += field.length;
    }
    if (at >= text.length) return fields;
    at++;
  }
}

/** The fields as words of their own, each with its place; none if the CSV is wrong. */
export function fieldsOf(word: Word): Word[] {
  let at = 0;
  return (csvFields(word.raw) ?? []).map((raw) => {
    const length = word.raw[at] === '"' ? JSON.stringify(raw).length : raw.length;
    const field = { raw, range: partOf(word, at, at + length) };
    at += length + 1;
    return field;
  });
}

/** The place of a part of a word; of the whole where quotes, escapes or several lines hide where the part stands. */
export function partOf({ raw, range }: Word, start: number, end: number): Range {
  const { line, column } = range.start;
  if (range.end.line !== line || range.end.column - column !== raw.length) return range;
  return { start: { line, column: column + start }, end: { line, column: column + end } };
}

/** Throws DOCKERFILE_VALUE for CSV that is none, and for variables in `from=`. */
export function checkMount(mount: Word, source: SourceText): void {
  const fields = csvFields(mount.raw);
  if (!fields)
    throw badValue(source, mount.range, `failed to parse csv mounts of --mount=${mount.raw}`, "quotes go around a whole field");
  for (const { raw, range } of fieldsOf(mount)) {
    const [key = "", value = ""] = splitOnce(raw);
    if (key.trim().toLowerCase() !== "from" || !/\$./.test(value)) continue;
    const message = "'from' doesn't support variable expansion, define alias stage instead";
    throw badValue(source, range, message, "write FROM with the variable AS name at the top, and from=name here");
  }
}

/** Throws DOCKERFILE_VALUE for a device that is none. */
export function checkDevice(device: Word, source: SourceText): void {
  const parsed = parseDevice(device.raw);
  if ("error" in parsed) throw badValue(source, device.range, parsed.error);
}

/** A device of `RUN --device`: a CDI name, and whether the step fails without it. */
export function parseDevice(text: string): { name: string; required: boolean } | { error: string } {
  const fields = text === "" ? undefined : csvFields(text);
  if (!fields) return { error: `failed to parse csv devices of --device=${text}` };
  let name = "";
  let required: boolean | undefined;
  for (const field of fields) {
    const [written, value] = splitOnce(field);
    const key = written.toLowerCase();
    const bare = value === undefined;
    if (bare && key === "required") required = true;
    else if (key === "required") {
      if (value !== "true" && value !== "false") return { error: `invalid value for required: ${value}` };
      required = value === "true";
    } else if (key === "name" || bare || key.includes("/")) {
      if (name !== "") return { error: `device name already set to ${name}` };
      name = key === "name" && !bare ? value : field;
    } else return { error: `unexpected key '${key}' in '${field}'` };
  }
  return { name, required: required ?? false };
}

function splitOnce(field: string): [string, string | undefined] {
  const at = field.indexOf("=");
  return at < 0 ? [field, undefined] : [field.slice(0, at), field.slice(at + 1)];
}
