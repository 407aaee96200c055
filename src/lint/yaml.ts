/**
 * The YAML of settings files: maps, lists and scalars by indentation, `[a, b]`, quotes, comments.
 *
 * What else YAML has (anchors, tags, block scalars, several documents) is refused
 * rather than misread. All scalars are text; `null`, `~` and nothing are null.
 */
import { lineRange, type SourceText } from "../core/index.ts";
import { badYaml } from "./errors.ts";

export type YamlValue = null | string | readonly YamlValue[] | { readonly [key: string]: YamlValue };

interface Line {
  readonly number: number;
  readonly indent: number;
  readonly text: string;
}

/** Throws LINT_SETTINGS_SYNTAX. */
export function readYaml(source: SourceText): YamlValue {
  const reader = new Reader(source);
  return reader.read();
}

const KEY = /^("[^"]*"|'[^']*'|[^\s"'[\]{},&*!|>%@`#][^:#]*?)\s*:(?:\s+([^]*))?$/;

class Reader {
  readonly #source: SourceText;
  readonly #lines: readonly Line[];
  #at = 0;

  constructor(source: SourceText) {
    this.#source = source;
    this.#lines = source.text.split(/\r?\n/).flatMap((raw, index) => {
      const text = withoutComment(raw).trimEnd();
      if (text.trim() === "" || (text === "---" && index === 0)) return [];
      return [{ number: index + 1, indent: text.length - text.trimStart().length, text: text.trimStart() }];
    });
  }

  read(): YamlValue {
    const first = this.#lines[0];
    if (!first) return null;
    const value = this.#block(first.indent);
    const rest = this.#lines[this.#at];
    if (rest) throw this.#wrong(rest, "the indentation does not fit");
    return value;
  }

  #block(indent: number): YamlValue {
    const line = this.#lines[this.#at] as Line;
    return isItem(line) ? this.#list(indent) : KEY.test(line.text) ? this.#map(indent) : this.#loneScalar(line);
  }

  #loneScalar(line: Line): YamlValue {
    this.#at++;
    return this.#scalar(line, line.text);
  }

  #list(indent: number): YamlValue[] {
    const items: YamlValue[] = [];
    for (let line = this.#lines[this.#at]; line && line.indent === indent && isItem(line); line = this.#lines[this.#at]) {
      const text = line.text.slice(1).trim();
      if (KEY.test(text)) throw this.#wrong(line, "a map in a list is not understood here");
      this.#at++;
      items.push(text === "" ? this.#nested(indent) : this.#scalar(line, text));
    }
    return items;
  }

  #map(indent: number): Record<string, YamlValue> {
    const map: Record<string, YamlValue> = Object.create(null);
    for (let line = this.#lines[this.#at]; line && line.indent === indent && !isItem(line); line = this.#lines[this.#at]) {
      const [, key = "", value = ""] = KEY.exec(line.text) ?? [];
      if (key === "") throw this.#wrong(line, "a key and a colon are expected");
      this.#at++;
      const name = key.replace(/^(["'])(.*)\1$/, "$2");
      if (name in map) throw this.#wrong(line, `${name} is there twice`);
      // A list may stand as far left as its key.
      const next = this.#lines[this.#at];
      const inset = value === "" && next && next.indent === indent && isItem(next);
      map[name] = inset ? this.#list(indent) : value === "" ? this.#nested(indent) : this.#scalar(line, value);
    }
    return map;
  }

  #nested(indent: number): YamlValue {
    const next = this.#lines[this.#at];
    return next && next.indent > indent ? this.#block(next.indent) : null;
  }

  #scalar(line: Line, text: string): YamlValue {
    if (text.startsWith("[")) {
      if (!text.endsWith("]")) throw this.#wrong(line, "a list in brackets must end on its line");
      const inner = text.slice(1, -1).trim();
      return inner === "" ? [] : inner.split(",").map((item) => this.#scalar(line, item.trim()));
    }
    if (text === "{}") return {};
    if (/^[{&*!|>%@`]/.test(text)) throw this.#wrong(line, `${text[0]} is not understood here`);
    const quoted = /^"([^"\\]*)"$|^'([^']*)'$/.exec(text);
    if (quoted) return quoted[1] ?? quoted[2] ?? "";
    if (/^["']/.test(text)) throw this.#wrong(line, "the quotes do not match");
    return text === "null" || text === "~" ? null : text;
  }

  #wrong({ number }: Line, reason: string): Error {
    return badYaml(this.#source, lineRange(number, number), reason);
  }
}

function isItem({ text }: Line): boolean {
  return text === "-" || text.startsWith("- ");
}

/** `#` begins a comment at the start of a line or after a blank, outside of quotes. */
function withoutComment(raw: string): string {
  let quote = "";
  for (let i = 0; i < raw.length; i++) {
    const char = raw[i] as string;
    if (quote) quote = char === quote ? "" : quote;
    else if ((char === '"' || char === "'") && /[\s:[,-]/.test(raw[i - 1] ?? " ")) quote = char;
    else if (char === "#" && /\s/.test(raw[i - 1] ?? " ")) return raw.slice(0, i);
  }
  return raw;
}
