/** Changes of a step in one line, for people. */
import type { Change, FileChange } from "../core/index.ts";

/** Longer values are cut. */
const LONGEST = 60;
/** So many files are named. */
const MOST_FILES = 3;

/** Undefined if there is nothing to say: the cache was not to be used. */
export function changeLine(changes: readonly Change[]): string | undefined {
  const said = changes.filter((change) => change.kind !== "no-cache").map(sayChange);
  return said.length > 0 ? said.join("; ") : undefined;
}

/** All that is known of the changes, a line for each and for each file. */
export function changeLines(changes: readonly Change[]): string[] {
  return changes.flatMap((change) => {
    if (change.kind !== "files" || change.total === 0) return [sayChange(change)];
    const more = change.total - change.files.length;
    return [
      `of ${change.from}:`,
      ...change.files.map((file) => `  ${sayFile(file)}`),
      ...(more > 0 ? [`  and ${more} more`] : []),
    ];
  });
}

function sayChange(change: Change): string {
  switch (change.kind) {
    case "step":
      return differs(`the ${change.what}`, change.before, change.now);
    case "variable":
      return change.hidden ? `${change.name} has another value` : differs(change.name, change.before, change.now);
    case "files":
      return sayFiles(change.from, change.total, change.files);
    case "image":
      return `${change.name} is another image${change.before && change.now ? `: ${short(change.now)}, was ${short(change.before)}` : ""}`;
    case "source":
      return `${change.name} has other content`;
    case "below":
      return `${change.name} changed`;
    case "moved":
      return `it stands on ${quoted(change.now)} now, not on ${quoted(change.before)}`;
    case "lost":
      return "its layer is not in the store any more";
    case "no-cache":
      return "the cache was not to be used";
  }
}

function differs(what: string, before: string | undefined, now: string | undefined): string {
  if (before === undefined) return now === undefined ? `${what} changed` : `${what} is new: ${quoted(now)}`;
  return now === undefined ? `${what} is gone, was ${quoted(before)}` : `${what} is ${quoted(now)}, was ${quoted(before)}`;
}

function sayFiles(from: string, total: number, files: readonly FileChange[]): string {
  if (total === 0) return `files of ${from} changed`;
  const named = files.slice(0, MOST_FILES).map(sayFile);
  const more = total - named.length;
  return `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""} of ${from}`;
}

function sayFile({ path, change, pattern }: FileChange): string {
  return `${path === "" ? "/" : path} (${change}${pattern === undefined ? "" : ` by ${pattern}`})`;
}

function quoted(text: string): string {
  const flat = text.replace(/\s+/g, " ");
  const characters = [...flat];
  return JSON.stringify(characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join("")}…` : flat);
}

function short(digest: string): string {
  return digest.slice(0, "sha256:".length + 12);
}
