/** Go's quoted strings and characters. */

const SHORT: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

/** What a Go literal stands for (strconv.Unquote); undefined if it is none. Bytes above 127 are read as Latin-1. */
export function unquote(literal: string): string | undefined {
  const inner = literal.slice(1, -1);
  if (literal[0] === "`") return inner.replaceAll("\r", "");
  let value = "";
  for (let at = 0; at < inner.length; at++) {
    const character = inner[at] ?? "";
    if (character !== "\\") {
      value += character;
      continue;
    }
    const kind = inner[++at] ?? "";
    if (SHORT[kind] !== undefined) {
      value += SHORT[kind];
      continue;
    }
    const length = { x: 2, u: 4, U: 8 }[kind];
    const digits = length === undefined ? inner.slice(at, at + 3) : inner.slice(at + 1, at + 1 + length);
    const radix = length === undefined ? 8 : 16;
    const wanted = length ?? 3;
    if (digits.length !== wanted || !(radix === 8 ? /^[0-7]+$/ : /^[\da-fA-F]+$/).test(digits)) return undefined;
    const code = Number.parseInt(digits, radix);
    if (code > 0x10ffff) return undefined;
    value += String.fromCodePoint(code);
    at += length === undefined ? 2 : length;
  }
  return value;
}
