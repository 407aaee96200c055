/** What looks like the JSON form of a command and is none, with the mistakes that people make in it put right. */

/** Longer texts are not looked into: nobody wants to read them in a hint. */
const LONGEST = 2000;

/** Each mends one mistake; they are tried alone and together. */
const MENDINGS: readonly ((text: string) => string)[] = [
  (text) => text.replace(/[\u201c\u201d\u201e]/g, '"').replace(/[\u2018\u2019]/g, "'"),
  (text) => (text.includes('"') ? text : text.replaceAll("'", '"')),
  (text) => text.replace(/,\s*\]$/, "]"),
  (text) => (text.endsWith("]") ? text : `${text}]`),
  (text) => text.replace(/\\(?!["\\/bfnrtu])/g, "\\\\"),
];

/**
 * The JSON array that was meant by a text such as `['a', 'b']`, `["a",]`, `["a"` or
 * `[a, b]`; undefined for what is right already and for what nobody can guess. A
 * shell's own `[ -f x ]` is nothing of the kind.
 */
export function meantExecForm(text: string): string | undefined {
  const trimmed = text.trim();
  if (!/^\[\S/.test(trimmed) || trimmed.startsWith("[[") || trimmed.length > LONGEST || stringsOf(trimmed)) return undefined;
  let mended = trimmed;
  for (const mend of MENDINGS) mended = mend(mended);
  const strings = stringsOf(mended) ?? bareWords(mended);
  return strings && `[${strings.map((item) => JSON.stringify(item)).join(", ")}]`;
}

function stringsOf(text: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `[a, "b"]`: items without quotes. */
function bareWords(text: string): readonly string[] | undefined {
  const items = text.slice(1, -1).split(",");
  const words = items.map((item) => item.trim().replace(/^"(.*)"$/, "$1"));
  return words.every((word) => /^[^\s"'[\]{}$]+$/.test(word)) ? words : undefined;
}
