/**
 * What templates work on: Go's values, as far as they differ in print or behaviour.
 *
 * Strings and booleans are JavaScript's; integers are bigints and floats are numbers.
 * `undefined` is Go's missing value, which prints as `<no value>`; `null` is nil.
 */

export type Value = undefined | null | string | boolean | bigint | number | GoList | GoMap | GoStruct | GoNamed;

/** A slice. */
export class GoList {
  readonly items: readonly Value[];
  readonly typeName: string;
  readonly isNil: boolean;

  constructor(items: readonly Value[], typeName = "[]string", isNil = false) {
    this.items = items;
    this.typeName = typeName;
    this.isNil = isNil;
  }
}

/** A map from strings. */
export class GoMap {
  readonly entries: ReadonlyMap<string, Value>;
  readonly typeName: string;
  /** What `index` gives for a key that is not there. */
  readonly zero: Value;
  readonly isNil: boolean;
  /** As JSON has the keys in the order they came: the raw document is not sorted on its way. */
  constructor(entries: ReadonlyMap<string, Value>, typeName: string, zero: Value, isNil = false) {
    this.entries = entries;
    this.typeName = typeName;
    this.zero = zero;
    this.isNil = isNil;
  }

  /** Keys as fmt, range and JSON order them. */
  keys(): string[] {
    return [...this.entries.keys()].sort(byBytes);
  }
}

/** One field of a struct, or a method without arguments that acts like one. */
export interface GoField {
  readonly value: Value;
  /** Name in JSON; undefined if it is not in it. */
  readonly json?: string | undefined;
  /** A method with arguments, such as `.Label "name"`. */
  readonly method?: (args: readonly Value[]) => Value;
}

/** A struct, or an object with methods. */
export class GoStruct {
  readonly fields: ReadonlyMap<string, GoField>;
  readonly typeName: string;

  constructor(fields: ReadonlyMap<string, GoField>, typeName: string) {
    this.fields = fields;
    this.typeName = typeName;
  }
}

/** A value whose type has its own way to print: a time, a duration, a number of a raw document. */
export class GoNamed {
  readonly text: string;
  /** What JSON has for it. */
  readonly json: unknown;
  readonly typeName: string;
  /** The plain value beneath, for comparison and printf. */
  readonly base: Value;

  constructor(text: string, json: unknown, typeName: string, base: Value) {
    this.text = text;
    this.json = json;
    this.typeName = typeName;
    this.base = base;
  }
}

/** In order of UTF-8 bytes, which is the order of code points. */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The type as Go's `%T` and messages name it. */
export function typeOf(value: Value): string {
  if (value === undefined || value === null) return "nil";
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return "float64";
  return value.typeName;
}

/** As `fmt.Sprint` prints it; at the top a missing value is `<no value>`. */
export function print(value: Value): string {
  if (value === undefined || value === null) return "<no value>";
  return printInner(value);
}

function printInner(value: Value): string {
  if (value === undefined || value === null) return "<nil>";
  if (typeof value === "number") return printFloat(value);
  if (value instanceof GoNamed) return value.text;
  if (value instanceof GoList) return `[${value.items.map(printInner).join(" ")}]`;
  if (value instanceof GoMap)
    return `map[${value
      .keys()
      .map((key) => `${key}:${printInner(value.entries.get(key))}`)
      .join(" ")}]`;
  if (value instanceof GoStruct) return `{${[...value.fields.values()].map((field) => printInner(field.value)).join(" ")}}`;
  return String(value);
}

/** Go's `%v` of a float: the shortest digits, an exponent below 1e-4 and from 1e21 on. */
export function printFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e21)) {
    return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  return size !== 0 && size < 1e-6 ? value.toFixed(20).replace(/0+$/, "") : String(value);
}

/** What JSON.stringify writes as Go's encoder would: sorted maps, fields by their JSON names. */
export function toJson(value: Value): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof GoNamed) return value.json;
  if (value instanceof GoList) return value.isNil ? null : value.items.map(toJson);
  if (value instanceof GoMap)
    return value.isNil ? null : Object.fromEntries(value.keys().map((key) => [key, toJson(value.entries.get(key))]));
  if (value instanceof GoStruct) {
    return Object.fromEntries(
      [...value.fields.values()].flatMap((field) => (field.json === undefined ? [] : [[field.json, toJson(field.value)]])),
    );
  }
  return value;
}

/** Whether `if` takes it for true: not zero, not empty. */
export function isTruthy(value: Value): boolean {
  if (value === undefined || value === null || value === "" || value === false) return false;
  if (typeof value === "bigint") return value !== 0n;
  if (typeof value === "number") return value !== 0;
  if (value instanceof GoList) return value.items.length > 0;
  if (value instanceof GoMap) return value.entries.size > 0;
  if (value instanceof GoNamed) return value.base === undefined || isTruthy(value.base);
  return true;
}

/** A parsed JSON document as Go's decoder gives it without types. */
export function fromJson(value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return new GoNamed(String(value), value, "json.Number", String(value));
  if (Array.isArray(value)) return new GoList(value.map(fromJson), "[]interface {}");
  if (typeof value === "object") {
    const entries = new Map(Object.entries(value).map(([key, item]) => [key, fromJson(item)] as const));
    return new GoMap(entries, "map[string]interface {}", undefined);
  }
  return value as string | boolean;
}
