/** One record of comma-separated values (RFC 4180), as the values of `--output` and `--secret` are written. */

/** The fields; a field in double quotes may hold commas, and `""` for a quote. Undefined if quotes do not match. */
export function parseCsv(text: string): string[] | undefined {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      let field = "";
      for (at++; ; at++) {
        if (at >= text.length) return undefined;
        if (text[at] !== '"') field += text[at];
        else if (text[at + 1] === '"') field += text[at++];
        else break;
      }
      at++;
      if (at < text.length && text[at] !== ",") return undefined;
      fields.push(field);
    } else {
      const comma = text.indexOf(",", at);
      const field = text.slice(at, comma < 0 ? undefined : comma);
      if (field.includes('"')) return undefined;
      fields.push(field);
      at += field.length;
    }
    if (at >= text.length) return fields;
    at++;
  }
}

/** Fields `key=value`, keys in lower case; a field without `=` has an empty key. Undefined if quotes do not match. */
export function parsePairs(text: string): (readonly [key: string, value: string])[] | undefined {
  return parseCsv(text)?.map((field) => {
    const equals = field.indexOf("=");
    return equals < 0 ? ["", field] : [field.slice(0, equals).trim().toLowerCase(), field.slice(equals + 1)];
  });
}
