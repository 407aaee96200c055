/** Advice put into practice. */
import type { Edit, Warning } from "./rule.ts";

/** The text after all edits that do not touch each other, and the advice they follow. What is left may need another round. */
export function applyEdits(
  text: string,
  warnings: readonly Warning[],
): { readonly text: string; readonly done: readonly Warning[] } {
  const taken: Edit[] = [];
  const done: Warning[] = [];
  for (const warning of warnings) {
    const edits = warning.edits ?? [];
    if (edits.length === 0 || warning.source || edits.some((edit) => taken.some((other) => touch(edit, other)))) continue;
    taken.push(...edits);
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

function touch(a: Edit, b: Edit): boolean {
  return a.start <= b.end && b.start <= a.end;
}
