/** What a registry wants to know of who asks: the header WWW-Authenticate (RFC 9110, 11.6.1). */
export interface Challenge {
  /** `basic` or `bearer`, in lower case. */
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const SCHEME = /^\s*,?\s*([A-Za-z][\w-]*)(?:\s+(?=[\w-]+\s*=)|\s*(?=,|$))/;
const PARAMETER = /^\s*,?\s*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))/;

/** The challenges of a header, in order; what cannot be read ends the list. */
export function parseChallenges(header: string): Challenge[] {
  const found: { scheme: string; parameters: Map<string, string> }[] = [];
  let rest = header;
  while (rest.trim() !== "") {
    const parameter = PARAMETER.exec(rest);
    const match = parameter ?? SCHEME.exec(rest);
    if (!match) break;
    rest = rest.slice(match[0].length);
    const [, name = "", quoted, plain = ""] = match;
    if (!parameter) found.push({ scheme: name.toLowerCase(), parameters: new Map() });
    else found.at(-1)?.parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? plain);
  }
  return found;
}
