/** The words of EXPOSE: `80`, `53/udp`, `8000-8010`; host parts pass and mean nothing. */

const PROTOCOLS = ["tcp", "udp", "sctp"];
const LARGEST = 65535;

/** `port/protocol` for each, ranges taken apart; or what is wrong, in Docker's words. */
export function parsePorts(words: readonly string[]): { readonly ports: readonly string[] } | { readonly error: string } {
  const ports: string[] = [];
  for (const word of words) {
    const [spec = "", protocol] = split(word);
    const kind = (protocol || "tcp").toLowerCase();
    const container = spec.slice(spec.lastIndexOf(":") + 1);
    if (container === "") return { error: `no port specified: ${word}<empty>` };
    const range = parseRange(container);
    if (!range) return { error: `invalid containerPort: ${container}` };
    if (!PROTOCOLS.includes(kind)) return { error: `invalid proto: ${protocol}` };
    for (let port = range[0]; port <= range[1]; port++) ports.push(`${port}/${kind}`);
  }
  return { ports: [...new Set(ports)] };
}

function split(word: string): [string, string | undefined] {
  const slash = word.indexOf("/");
  return slash < 0 ? [word, undefined] : [word.slice(0, slash), word.slice(slash + 1)];
}

function parseRange(text: string): [number, number] | undefined {
  const [low = "", high = low, ...more] = text.split("-");
  const numbers = [low, high].map((part) => (/^\+?\d+$/.test(part) ? Number(part) : Number.NaN));
  const [first = Number.NaN, last = Number.NaN] = numbers;
  return more.length === 0 && first <= last && last <= LARGEST ? [first, last] : undefined;
}
