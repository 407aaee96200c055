/** Go's fmt.Sprintf, for the verbs that templates use. */
import { GoList, GoMap, GoNamed, print, printFloat, type Value } from "./values.ts";

const VERB = /%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d+)?)?([a-zA-Z%])/gy;

/** The formatted text; what does not fit is told inside it, as Go does: `%!d(string=x)`. */
export function sprintf(format: string, args: readonly Value[]): string {
  let out = "";
  let used = 0;
  let at = 0;
  while (at < format.length) {
    const percent = format.indexOf("%", at);
    if (percent < 0) return finish(out + format.slice(at), args, used);
    out += format.slice(at, percent);
    VERB.lastIndex = percent;
    const found = VERB.exec(format);
    if (!found) return finish(`${out}%!(NOVERB)`, args, used);
    at = VERB.lastIndex;
    const [whole, flags = "", width = "", precision, verb = ""] = found;
    if (verb === "%") {
      out += "%";
      continue;
    }
    const wide = width === "*" ? Number(args[used++] ?? 0) : Number(width);
    const exact = whole.includes(".") ? (precision === "*" ? Number(args[used++] ?? 0) : Number(precision ?? 0)) : undefined;
    if (used >= args.length) {
      out += `%!${verb}(MISSING)`;
      continue;
    }
    const text = formatted(verb, flags, exact, args[used++]);
    out += pad(text, wide, flags, verb);
  }
  return finish(out, args, used);
}

function finish(text: string, args: readonly Value[], used: number): string {
  if (used >= args.length) return text;
  const extra = args.slice(used).map((value) => `${nameOf(value)}=${print(value)}`);
  return `${text}%!(EXTRA ${extra.join(", ")})`;
}

function pad(text: string, width: number, flags: string, verb: string): string {
  const left = flags.includes("-") || width < 0;
  const size = Math.min(Math.abs(width), 1_000_000);
  if (left) return text.padEnd(size);
  if (!flags.includes("0") || !/[dboxXfFeEgG]/.test(verb)) return text.padStart(size);
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  return sign + text.slice(sign.length).padStart(size - sign.length, "0");
}

function formatted(verb: string, flags: string, precision: number | undefined, argument: Value): string {
  const value = argument instanceof GoNamed && verb !== "v" && verb !== "s" ? argument.base : argument;
  const plus = (text: string): string => (flags.includes("+") && !text.startsWith("-") ? `+${text}` : text);
  switch (verb) {
    case "v":
      return typeof value === "bigint" || typeof value === "number" ? plus(print(value)) : value == null ? "<nil>" : print(value);
    case "s":
    case "q": {
      const text = textOf(value, verb);
      if (text === undefined) break;
      const cut = precision === undefined ? text : [...text].slice(0, precision).join("");
      return verb === "q" ? JSON.stringify(cut) : cut;
    }
    case "d":
    case "b":
    case "o":
    case "c":
      if (typeof value === "bigint")
        return verb === "c" ? String.fromCodePoint(Number(value)) : plus(value.toString({ d: 10, b: 2, o: 8 }[verb]));
      break;
    case "x":
    case "X": {
      const hex =
        typeof value === "bigint"
          ? value.toString(16)
          : typeof value === "string"
            ? Buffer.from(value).toString("hex")
            : undefined;
      if (hex === undefined) break;
      const shown = `${flags.includes("#") ? "0x" : ""}${hex}`;
      return verb === "X" ? shown.toUpperCase() : shown;
    }
    case "f":
    case "F":
      if (typeof value === "number") return plus(fixed(value, precision ?? 6));
      break;
    case "e":
    case "g":
      if (typeof value !== "number") break;
      if (verb === "e") return plus(value.toExponential(precision ?? 6).replace(/e([+-])(\d)$/, "e$10$2"));
      return plus(precision === undefined ? printFloat(value) : printFloat(Number(value.toPrecision(precision || 1))));
    case "t":
      if (typeof value === "boolean") return String(value);
      break;
    case "T":
      return nameOf(argument);
  }
  return value == null ? `%!${verb}(<nil>)` : `%!${verb}(${nameOf(argument)}=${print(argument)})`;
}

function textOf(value: Value, verb: string): string | undefined {
  if (typeof value === "string") return value;
  if (value instanceof GoNamed) return value.text;
  if (value instanceof GoList || value instanceof GoMap) return verb === "s" ? print(value) : undefined;
  return undefined;
}

/** So many digits after the point; a tie goes to the even digit, as in Go. */
function fixed(value: number, digits: number): string {
  const precision = Math.min(digits, 60);
  const exact = Math.abs(value).toFixed(100);
  const cut = exact.length - 100 + precision;
  const tie = /^50*$/.test(exact.slice(cut));
  if (!tie) return value.toFixed(precision);
  const kept = precision === 0 ? exact.slice(0, cut - 1) : exact.slice(0, cut);
  const even = Number(kept.at(-1)) % 2 === 0;
  return `${value < 0 ? "-" : ""}${even ? kept : Math.abs(value).toFixed(precision)}`;
}

function nameOf(value: Value): string {
  if (value == null) return "<nil>";
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "int";
  return typeof value === "number" ? "float64" : value.typeName;
}
