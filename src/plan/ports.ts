/** The words of EXPOSE: `80`, `53/udp`, `8000-8010`; an address and host ports pass and mean nothing. */

const PROTOCOLS = ["tcp", "udp", "sctp"];
const LARGEST = 65535;
/** All that there are, of all protocols. */
export const ALL_PORTS: number = PROTOCOLS.length * LARGEST;

type Ports = readonly [first: number, last: number];

/** `port/protocol` for each, ranges taken apart; or what is wrong, in Docker's words. */
export function parsePorts(words: readonly string[]): { readonly ports: readonly string[] } | { readonly error: string } {
  const ports: string[] = [];
  for (const word of words) {
    const parsed = parseWord(word);
    if (typeof parsed === "string") return { error: parsed };
    const [[first, last], protocol] = parsed;
    for (let port = first; port <= last; port++) ports.push(`${port}/${protocol}`);
  }
  return { ports };
}

/** The ports of one word and their protocol, or what is wrong. */
function parseWord(word: string): [Ports, string] | string {
  const slash = word.indexOf("/");
  const spec = slash < 0 ? word : word.slice(0, slash);
  const protocol = slash < 0 ? "" : word.slice(slash + 1);
  const parts = spec.split(":");
  const container = parts.at(-1) ?? "";
  const host = parts.at(-2) ?? "";
  const address = parts.slice(0, -2).join(":");
  const kind = protocol.toLowerCase() || "tcp";
  if (container === "") return `invalid port: ${JSON.stringify(word)}: no port specified`;
  if (!PROTOCOLS.includes(kind)) return `invalid port: ${JSON.stringify(word)}: invalid proto: ${protocol}`;
  if (address !== "" && !isAddress(address)) return `invalid IP address: ${address}`;
  const ports = parseRange(container);
  if (!ports) return `invalid containerPort: ${container}`;
  const hosts = host === "" ? undefined : parseRange(host);
  if (host !== "" && !hosts) return `invalid hostPort: ${host}`;
  const several = ports[1] > ports[0];
  if (hosts && several && hosts[1] - hosts[0] !== ports[1] - ports[0])
    return `invalid ranges specified for container and host Ports: ${container} and ${host}`;
  return [ports, kind];
}

function parseRange(text: string): Ports | undefined {
  const [low = "", high = low, ...more] = text.split("-");
  const numbers = [low, high].map((part) => (/^\+?\d+$/.test(part) ? Number(part) : Number.NaN));
  const [first = Number.NaN, last = Number.NaN] = numbers;
  return more.length === 0 && first <= last && last <= LARGEST ? [first, last] : undefined;
}

function isAddress(text: string): boolean {
  if (text.startsWith("[") && text.endsWith("]")) return isAddress6(text.slice(1, -1));
  const bytes = text.split(".");
  return (bytes.length === 4 && bytes.every((byte) => /^(0|[1-9]\d{0,2})$/.test(byte) && Number(byte) < 256)) || isAddress6(text);
}

function isAddress6(text: string): boolean {
  const halves = text.split("::");
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  return halves.length === 2 ? groups.length < 8 : halves.length === 1 && groups.length === 8;
}
