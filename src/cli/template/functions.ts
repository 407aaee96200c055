/** The functions of templates: Go's own (text/template) and docker's. */
import { equal, less } from "./compare.ts";
import { FunctionError } from "./fail.ts";
import { sprintf } from "./printf.ts";
import { GoList, GoMap, GoNamed, GoStruct, isTruthy, print, toJson, typeOf, type Value } from "./values.ts";

/** What a function takes: a letter for each parameter, `s` string, `i` int, `a` anything; `*` lets the last repeat. */
export interface TemplateFunction {
  readonly takes: string;
  /** Throws FunctionError. The second argument is how each value was written in the template. */
  call(args: readonly Value[], written: readonly string[]): Value;
}

export type Functions = ReadonlyMap<string, TemplateFunction>;

function make(takes: string, call: TemplateFunction["call"]): TemplateFunction {
  return { takes, call };
}

const GO: Readonly<Record<string, TemplateFunction>> = {
  and: make("aa*", ([first, ...rest]) => rest.reduce((value, next) => (isTruthy(value) ? next : value), first)),
  or: make("aa*", ([first, ...rest]) => rest.reduce((value, next) => (isTruthy(value) ? value : next), first)),
  not: make("a", ([value]) => !isTruthy(value)),
  len: make("a", ([value]) => BigInt(lengthOf(value))),
  index: make("aa*", ([value, ...keys]) => keys.reduce(indexed, value)),
  slice: make("aa*", ([value, ...bounds]) => sliced(value, bounds)),
  print: make("a*", (args) => spaced(args, false)),
  println: make("a*", (args) => `${spaced(args, true)}\n`),
  printf: make("sa*", ([format, ...args]) => sprintf(format as string, args)),
  html: make("a*", (args) => escapeHtml(spaced(args, false))),
  js: make("a*", (args) => escapeJs(spaced(args, false))),
  urlquery: make("a*", (args) => escapeQuery(spaced(args, false))),
  call: make("aa*", ([value], [written = ""]) => {
    throw new FunctionError(value == null ? "call of nil" : `non-function ${written} of type ${typeOf(value)}`);
  }),
  eq: make("aa*", ([first, ...others]) => {
    if (others.length === 0) throw new FunctionError("missing argument for comparison");
    return others.some((other) => equal(first, other));
  }),
  ne: make("aa", ([a, b]) => !equal(a, b)),
  lt: make("aa", ([a, b]) => less(a, b)),
  le: make("aa", ([a, b]) => less(a, b) || equal(a, b)),
  gt: make("aa", ([a, b]) => !less(a, b) && !equal(a, b)),
  ge: make("aa", ([a, b]) => !less(a, b)),
};

const DOCKER: Readonly<Record<string, TemplateFunction>> = {
  json: make("a", ([value]) => JSON.stringify(toJson(value))),
  split: make("ss", ([text, separator]) => new GoList(splitText(text as string, separator as string))),
  join: make("as", ([list, separator]) => joined(list, separator as string)),
  title: make("s", ([text]) =>
    (text as string).replace(
      /(^|[^\p{L}\p{N}_'])(\p{L})/gu,
      (_, before: string, letter: string) => before + letter.toUpperCase(),
    ),
  ),
  lower: make("s", ([text]) => (text as string).toLowerCase()),
  upper: make("s", ([text]) => (text as string).toUpperCase()),
  pad: make("sii", ([text, before, after]) =>
    text === "" ? "" : " ".repeat(room(before)) + String(text) + " ".repeat(room(after)),
  ),
  truncate: make("si", ([text, length]) => truncated(text as string, Number(length))),
};

/** For rows and for `inspect`. */
export const FUNCTIONS: Functions = new Map(Object.entries({ ...GO, ...DOCKER }));

const SAME = make("aa*", ([first]) => first);
/** For the header line of a table, where the words are to stay what they are. */
export const HEADER_FUNCTIONS: Functions = new Map([
  ...Object.entries({ ...GO, ...DOCKER }),
  ...["json", "split", "join", "title", "lower", "upper", "truncate"].map((name) => [name, SAME] as const),
]);

function lengthOf(value: Value): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (value instanceof GoList) return value.items.length;
  if (value instanceof GoMap) return value.entries.size;
  if (value == null) throw new FunctionError("len of nil pointer");
  throw new FunctionError(`len of type ${typeOf(value)}`);
}

function indexed(value: Value, key: Value): Value {
  if (value instanceof GoMap) {
    if (typeof key !== "string") throw new FunctionError(`value has type ${typeOf(key)}; should be string`);
    return value.entries.has(key) ? value.entries.get(key) : value.zero;
  }
  if (value == null) throw new FunctionError("index of untyped nil");
  const bytes = typeof value === "string" ? Buffer.from(value) : undefined;
  if (!bytes && !(value instanceof GoList)) throw new FunctionError(`can't index item of type ${typeOf(value)}`);
  const length = bytes?.length ?? (value as GoList).items.length;
  if (typeof key !== "bigint") throw new FunctionError(`cannot index slice/array with type ${typeOf(key)}`);
  if (key < 0n || key >= BigInt(length)) throw new FunctionError(`index out of range: ${key}`);
  return bytes ? BigInt(bytes[Number(key)] ?? 0) : (value as GoList).items[Number(key)];
}

function sliced(value: Value, bounds: readonly Value[]): Value {
  if (bounds.length > 3) throw new FunctionError(`too many slice indexes: ${bounds.length}`);
  const length = typeof value === "string" ? Buffer.byteLength(value) : value instanceof GoList ? value.items.length : -1;
  if (length < 0) throw new FunctionError(value == null ? "slice of untyped nil" : `can't slice item of type ${typeOf(value)}`);
  const numbers = bounds.map((bound) => {
    if (typeof bound !== "bigint") throw new FunctionError(`cannot index slice/array with type ${typeOf(bound)}`);
    if (bound < 0n || bound > BigInt(length)) throw new FunctionError(`index out of range: ${bound}`);
    return Number(bound);
  });
  const [from = 0, to = length] = numbers;
  if (from > to) throw new FunctionError(`invalid slice index: ${from} > ${to}`);
  if (typeof value === "string") return Buffer.from(value).subarray(from, to).toString();
  return new GoList((value as GoList).items.slice(from, to), (value as GoList).typeName);
}

/** fmt.Sprint puts a blank between two operands of which none is a string, fmt.Sprintln always. */
function spaced(args: readonly Value[], always: boolean): string {
  return args.reduce<string>((text, value, i) => {
    const blank = i > 0 && (always || (typeof value !== "string" && typeof args[i - 1] !== "string"));
    return text + (blank ? " " : "") + (value == null ? "<nil>" : print(value));
  }, "");
}

function splitText(text: string, separator: string): string[] {
  return separator === "" ? [...text] : text.split(separator);
}

function joined(list: Value, separator: string): string {
  if (list == null) return "";
  if (list instanceof GoList) return list.items.map(print).join(separator);
  if (list instanceof GoMap)
    return list
      .keys()
      .map((key) => print(list.entries.get(key)))
      .join(separator);
  if (list instanceof GoStruct) return [...list.fields.values()].map((field) => print(field.value)).join(separator);
  throw new FunctionError(`expected slice, got ${list instanceof GoNamed ? list.typeName : typeOf(list)}`);
}

function room(count: Value): number {
  return Math.max(0, Math.min(Number(count), 10_000));
}

/** Bytes, not characters, as docker counts here. */
function truncated(text: string, length: number): string {
  const bytes = Buffer.from(text);
  return bytes.length < length ? text : bytes.subarray(0, Math.max(0, length)).toString();
}

function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&#34;",
    "'": "&#39;",
    "\0": "\ufffd",
  };
  return text.replace(/[&<>"'\0]/g, (character) => names[character] ?? character);
}

function escapeJs(text: string): string {
  const names: Readonly<Record<string, string>> = { "\\": "\\\\", "'": "\\'", '"': '\\"' };
  return text.replace(
    /[\\'"<>&=\u0000-\u001f\u007f]/g,
    (character) => names[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`,
  );
}

function escapeQuery(text: string): string {
  return encodeURIComponent(text)
    .replace(/%20/g, "+")
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
