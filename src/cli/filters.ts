/** `--filter name=value`. */
import { parseDuration } from "../core/index.ts";
import { badFilter, badOptionValue } from "./errors.ts";

/** Values by name. Throws FILTER_INVALID for a name that is not among `known`. */
export function parseFilters(texts: readonly string[], known: readonly string[]): Map<string, string[]> {
  const filters = new Map<string, string[]>();
  for (const text of texts) {
    const equals = text.indexOf("=");
    const name = (equals < 0 ? text : text.slice(0, equals)).replace(/!$/, "").trim().toLowerCase();
    if (equals < 0 || !known.includes(name)) throw badFilter(name);
    filters.set(name, [...(filters.get(name) ?? []), text.slice(equals + 1).trim()]);
  }
  return filters;
}

/** Milliseconds since the epoch: a duration back from now, seconds since the epoch, or a date. */
export function parseTime(text: string, now: number): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const duration = parseDuration(text);
  if (typeof duration === "bigint") return now - Number(duration / 1_000_000n);
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw badOptionValue("a time", text, "it must be a duration, a number of seconds or a date");
  return time;
}
