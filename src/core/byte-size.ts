/** Sizes of things in bytes, read and printed as docker's go-units does. */

const LETTERS = "kmgtp";

/** Bytes, with `k` as 1024 (`binary`) or 1000 (`decimal`); or what is wrong. */
export function parseByteSize(text: string, units: "binary" | "decimal"): number | { readonly error: string } {
  const found = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?) ?([^\d. ]*)$/.exec(text);
  const number = Number(found?.[1]);
  if (!found || !(number >= 0)) return { error: `invalid size: '${text}'` };
  const suffix = /^(?:b|([kmgtp])(?:i?b)?)?$/i.exec(found[2] ?? "");
  if (!suffix) return { error: `invalid suffix: '${found[2]}'` };
  const power = suffix[1] ? LETTERS.indexOf(suffix[1].toLowerCase()) + 1 : 0;
  return Math.trunc(number * (units === "binary" ? 1024 : 1000) ** power);
}

const DECIMAL = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
const BINARY = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];

/** Bytes as people read them, with so many digits: `1.98MB`. */
export function formatByteSize(bytes: number, digits = 3): string {
  return format(bytes, 1000, DECIMAL, digits);
}

/** Bytes in binary units: `9.765KiB`. */
export function formatBinarySize(bytes: number): string {
  return format(bytes, 1024, BINARY, 4);
}

function format(bytes: number, base: number, units: readonly string[], digits: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= base && unit < units.length - 1) {
    value /= base;
    unit++;
  }
  return `${significant(value, digits)}${units[unit]}`;
}

/** Go's `%.Ng`: that many significant digits, no zeros at the end, an exponent where they do not suffice. */
function significant(value: number, digits: number): string {
  if (value === 0) return "0";
  const [mantissa = "", exponent = "0"] = value.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  if (power >= digits || power < -4) {
    const short = mantissa.includes(".") ? mantissa.replace(/0+$/, "").replace(/\.$/, "") : mantissa;
    return `${short}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  return String(Number(value.toPrecision(digits)));
}
