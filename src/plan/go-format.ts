/** How Go prints strings and lists, which image histories are full of. */

/** A string in double quotes with Go's escapes (`%q`). */
export function goQuote(text: string): string {
  let out = '"';
  for (const char of text) {
    const code = char.codePointAt(0) as number;
    if (char === '"' || char === "\\") out += `\\${char}`;
    else if (code in ESCAPES) out += ESCAPES[code];
    else if (code < 32 || code === 127) out += `\\x${code.toString(16).padStart(2, "0")}`;
    else out += char;
  }
  return `${out}"`;
}

const ESCAPES: Readonly<Record<number, string>> = { 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r" };

/** A list of quoted strings: `["a" "b"]`. */
export function goQuotedList(texts: readonly string[]): string {
  return `[${texts.map(goQuote).join(" ")}]`;
}

/** A number as the character it stands for (`%q`): `'\x03'`. */
export function goQuoteRune(code: number): string {
  if (code === 39) return "'\\''";
  if (code === 34) return "'\"'";
  return `'${goQuote(String.fromCodePoint(code)).slice(1, -1)}'`;
}
