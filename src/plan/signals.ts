/** Signals by name and number, as Linux has them. */

const NAMES: readonly string[] = [
  "HUP",
  "INT",
  "QUIT",
  "ILL",
  "TRAP",
  "ABRT",
  "BUS",
  "FPE",
  "KILL",
  "USR1",
  "SEGV",
  "USR2",
  "PIPE",
  "ALRM",
  "TERM",
  "STKFLT",
  "CHLD",
  "CONT",
  "STOP",
  "TSTP",
  "TTIN",
  "TTOU",
  "URG",
  "XCPU",
  "XFSZ",
  "VTALRM",
  "PROF",
  "WINCH",
  "IO",
  "PWR",
  "SYS",
];
/** As people write them. */
export const SIGNAL_NAMES: readonly string[] = NAMES.map((name) => `SIG${name}`);

const ALIASES: Readonly<Record<string, string>> = { IOT: "ABRT", CLD: "CHLD", POLL: "IO" };
const RT_MIN = 34;
const RT_MAX = 64;

/** The number of a signal; undefined if there is none. Any number but 0 passes. */
export function signalNumber(text: string): number | undefined {
  if (/^[+-]?\d+$/.test(text)) return Number(text) || undefined;
  const name = text.toUpperCase().replace(/^SIG/, "");
  const realtime = /^RTM(IN|AX)(?:([+-])(\d+))?$/.exec(name);
  if (realtime) return realtimeNumber(realtime);
  const at = NAMES.indexOf(ALIASES[name] ?? name);
  return at < 0 ? undefined : at + 1;
}

export function isSignal(text: string): boolean {
  return signalNumber(text) !== undefined;
}

function realtimeNumber([, end, sign, digits]: RegExpExecArray): number | undefined {
  const offset = Number(digits ?? 0);
  if (digits !== undefined && (offset < 1 || String(offset) !== digits)) return undefined;
  if (end === "IN") return sign === "-" || offset > 15 ? undefined : RT_MIN + offset;
  return sign === "+" || offset > 14 ? undefined : RT_MAX - offset;
}
