/** Advice put into practice. */
import type { Edit, Warning } from "./rule.ts";

/** The text after all edits that do not touch each other, and the advice they follow. What is left may need another round. */
export function applyEdits(
  text: string,
  warnings: readonly Warning[],
): { readonly text: string; readonly done: readonly Warning[] } {
  const taken: Edit[] = [];
  const places = new Map<number, Edit[]>();
  const done: Warning[] = [];
  for (const warning of warnings) {
    const edits = warning.edits ?? [];
    if (edits.length === 0 || warning.source || edits.some((edit) => isTaken(edit, places))) continue;
    for (const edit of edits) {
      taken.push(edit);
      for (const place of placesOf(edit)) {
        const there = places.get(place);
        if (there) there.push(edit);
        else places.set(place, [edit]);
      }
    }
    done.push(warning);
  }
  let result = "";
  let at = 0;
  for (const edit of taken.sort((a, b) => a.start - b.start)) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return { text: result + text.slice(at), done };
}

/** Edits are kept by stretches of the text, so that few have to be compared. */
const STRETCH = 64;

function placesOf({ start, end }: Edit): number[] {
  const first = Math.floor(start / STRETCH);
  return Array.from({ length: Math.floor(end / STRETCH) - first + 1 }, (_, i) => first + i);
}

function isTaken(edit: Edit, places: ReadonlyMap<number, readonly Edit[]>): boolean {
  return placesOf(edit).some((place) => places.get(place)?.some((other) => edit.start <= other.end && other.start <= edit.end));
}
