/** Durations as Go writes them: `1h2m3.5s`. */

/** Nanoseconds of each unit. */
const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const LARGEST = (1n << 63n) - 1n;

/** Nanoseconds; or what is wrong, in Go's words. */
export function parseDuration(text: string): bigint | { readonly error: string } {
  const quoted = JSON.stringify(text);
  const negative = text.startsWith("-");
  let rest = text.replace(/^[-+]/, "");
  if (rest === "0") return 0n;
  if (rest === "") return { error: `time: invalid duration ${quoted}` };
  let total = 0n;
  while (rest !== "") {
    const number = /^(\d*)(?:\.(\d*))?/.exec(rest);
    const whole = number?.[1] ?? "";
    const fraction = number?.[2] ?? "";
    if (!number || (whole === "" && fraction === "")) return { error: `time: invalid duration ${quoted}` };
    rest = rest.slice(number[0].length);
    const unit = /^[^\d.]*/.exec(rest)?.[0] ?? "";
    if (unit === "") return { error: `time: missing unit in duration ${quoted}` };
    const size = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
    if (size === undefined) return { error: `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}` };
    rest = rest.slice(unit.length);
    if (whole.length > 19) return { error: `time: invalid duration ${quoted}` };
    const digits = fraction.slice(0, 18);
    total += BigInt(whole || "0") * size + (digits ? (BigInt(digits) * size) / 10n ** BigInt(digits.length) : 0n);
    if (total > LARGEST + (negative ? 1n : 0n)) return { error: `time: invalid duration ${quoted}` };
  }
  return negative ? -total : total;
}

/** As Go prints it: `1m30s`, `1.5s`, `500ms`, `0s`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return "0s";
  const sign = nanoseconds < 0n ? "-" : "";
  const value = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  for (const [unit, size] of [
    ["ns", 1n],
    ["µs", 1000n],
    ["ms", 1_000_000n],
  ] as const) {
    if (value < size * 1000n) return `${sign}${decimal(value, size)}${unit}`;
  }
  const hours = value / 3_600_000_000_000n;
  const minutes = (value / 60_000_000_000n) % 60n;
  const seconds = decimal(value % 60_000_000_000n, 1_000_000_000n);
  return `${sign}${hours ? `${hours}h` : ""}${hours || minutes ? `${minutes}m` : ""}${seconds}s`;
}

function decimal(value: bigint, unit: bigint): string {
  const rest = (value % unit)
    .toString()
    .padStart(unit.toString().length - 1, "0")
    .replace(/0+$/, "");
  return `${value / unit}${unit > 1n && rest ? `.${rest}` : ""}`;
}

/** How long ago, in the words of a CREATED column (" ago" is the caller's). From docker's go-units. */
export function formatAge(seconds: number): string {
  const minutes = Math.trunc(seconds / 60);
  const hours = Math.round(seconds / 3600);
  if (seconds < 1) return "Less than a second";
  if (seconds < 2) return "1 second";
  if (seconds < 60) return `${Math.trunc(seconds)} seconds`;
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(seconds / 3600 / 24 / 365)} years`;
}
