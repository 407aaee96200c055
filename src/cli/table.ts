/** Columns as docker aligns them (Go's text/tabwriter with a least width of 10 and three blanks between). */
import { textWidth } from "./text-width.ts";

const LEAST = 10;
const GAP = 3;

/** Lines of cells between tabs, aligned. A cell counts for its column only if a tab ends it. */
export function alignTable(text: string): string {
  const lines = text.split("\n").map((line) => line.split("\t"));
  const widths: number[] = [];
  for (const cells of lines) {
    for (const [i, cell] of cells.slice(0, -1).entries()) widths[i] = Math.max(widths[i] ?? LEAST, textWidth(cell) + GAP);
  }
  const padded = lines.map((cells) =>
    cells.map((cell, i) => (i === cells.length - 1 ? cell : cell + " ".repeat((widths[i] ?? 0) - textWidth(cell)))).join(""),
  );
  return padded.join("\n");
}
