/** Filters of `builder prune`, and how what a prune took is listed. */
import type { CacheEntry, Usage } from "../../api/index.ts";
import { formatAge, formatByteSize } from "../../core/index.ts";
import { badFilter, badOptionValue } from "../errors.ts";
import { parseTime } from "../filters.ts";

type Choice = (entry: CacheEntry) => boolean;

const TYPES = ["internal", "frontend", "source.local", "source.git.checkout", "exec.cachemount", "regular"];

/** What `--filter` chooses: entries that answer to all of the filters. `now` is in milliseconds since the epoch. */
export function cacheChoice(texts: readonly string[], now: number): Choice | undefined {
  if (texts.length === 0) return undefined;
  const choices = texts.map((text) => choiceOf(text, now));
  return (entry) => choices.every((choice) => choice(entry));
}

/** Whether the filters mean cache mounts, which otherwise go with `--all` alone. */
export function meansMounts(texts: readonly string[]): boolean {
  return texts.some((text) => /^(type=exec\.cachemount|mutable(=true)?|id~?=.*)$/.test(text));
}

function choiceOf(text: string, now: number): Choice {
  const [, name = "", operator = "", value = ""] = /^([a-z-]+)(?:(!?~?=)(.*))?$/.exec(text) ?? [];
  const compared = (of: (entry: CacheEntry) => string): Choice => {
    if (operator === "=") return (entry) => of(entry) === value;
    if (operator === "!=") return (entry) => of(entry) !== value;
    const pattern = patternOf(text, value);
    return (entry) => pattern.test(of(entry)) === (operator === "~=");
  };
  const flag = (is: Choice): Choice => {
    if (operator !== "" && value !== "true" && value !== "false") throw badOptionValue("--filter", text, "it is true or false");
    return (entry) => is(entry) === (value !== "false");
  };
  if (operator !== "" && (name === "until" || name === "unused-for")) {
    const before = parseTime(value, now);
    return (entry) => entry.used < before;
  }
  if (operator !== "" && name === "id")
    return compared((entry) => (operator === "=" ? entry.id.slice(0, value.length) : entry.id));
  if (operator !== "" && name === "description") return compared((entry) => entry.description);
  if (operator !== "" && name === "type") {
    if (!operator.includes("~") && !TYPES.includes(value))
      throw badOptionValue("--filter", text, `the types are ${TYPES.join(", ")}`);
    return compared((entry) => entry.type);
  }
  if (name === "shared") return flag((entry) => entry.shared);
  if (name === "private") return flag((entry) => !entry.shared);
  if (name === "mutable") return flag((entry) => entry.type === "exec.cachemount");
  if (name === "immutable") return flag((entry) => entry.type !== "exec.cachemount");
  if (name === "inuse") return flag(() => false);
  throw badFilter(name || text);
}

function patternOf(text: string, value: string): RegExp {
  try {
    return new RegExp(value);
  } catch {
    throw badOptionValue("--filter", text, "it is no regular expression");
  }
}

/** A line for each, as buildx prints them; empty if there are none. */
export function removedEntries(entries: readonly CacheEntry[], now: number): string {
  if (entries.length === 0) return "";
  const lines = entries.map(({ type, id, size, used }) => {
    const name = `${id.slice(0, 25)}${type === "exec.cachemount" ? "*" : ""}`;
    return `${name.padEnd(40)}\ttrue \t${formatByteSize(size).padEnd(10)}\t${formatAge((now - used) / 1000)} ago\n`;
  });
  return `ID\t\t\t\t\t\tRECLAIMABLE\tSIZE\t\tLAST ACCESSED\n${lines.join("")}`;
}

/** What went, a line each below a title, and its size. */
export function removed(title: string, gone: readonly Usage[]): string {
  return `${section(title, namesOf(gone))}Total reclaimed space: ${formatByteSize(bytesOf(gone))}\n`;
}

/** A title and a line each; nothing where there are none. */
export function section(title: string, lines: readonly string[]): string {
  return lines.length > 0 ? `${[title, ...lines].join("\n")}\n\n` : "";
}

export function namesOf(usage: readonly Usage[]): string[] {
  return usage.map(({ name }) => name);
}

export function bytesOf(usage: readonly Usage[]): number {
  return usage.reduce((sum, { bytes }) => sum + bytes, 0);
}
