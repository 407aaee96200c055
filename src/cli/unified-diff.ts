/** The difference of two texts as `diff -u` shows it. */

/** Lines around a change that are shown. */
const AROUND = 3;
/** Beyond this many pairs of lines the middle is told as replaced, which is right too, if longer. */
const MOST_PAIRS = 4_000_000;

/** Empty if the texts are the same. */
export function unifiedDiff(name: string, before: string, after: string): string {
  if (before === after) return "";
  const steps = compare(linesOf(before), linesOf(after));
  const shown = steps.map((_, i) => steps.slice(Math.max(0, i - AROUND), i + AROUND + 1).some(({ mark }) => mark !== " "));
  const lines = [`--- ${name}`, `+++ ${name}`];
  let [old, young] = [1, 1];
  for (let i = 0; i < steps.length; ) {
    const start = i;
    while (i < steps.length && shown[i] === shown[start]) i++;
    const part = steps.slice(start, i);
    const olds = part.filter(({ mark }) => mark !== "+").length;
    const youngs = part.filter(({ mark }) => mark !== "-").length;
    if (shown[start])
      lines.push(`@@ -${span(old, olds)} +${span(young, youngs)} @@`, ...part.map(({ mark, line }) => mark + line));
    old += olds;
    young += youngs;
  }
  return `${lines.join("\n")}\n`;
}

interface Step {
  readonly mark: " " | "-" | "+";
  readonly line: string;
}

/** What is common at both ends, and between them the longest lines common to both. */
function compare(before: readonly string[], after: readonly string[]): Step[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < before.length - head && tail < after.length - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const same = (line: string): Step => ({ mark: " ", line });
  const middle = longest(before.slice(head, before.length - tail), after.slice(head, after.length - tail));
  return [...before.slice(0, head).map(same), ...middle, ...before.slice(before.length - tail).map(same)];
}

function longest(before: readonly string[], after: readonly string[]): Step[] {
  const width = after.length + 1;
  if (before.length * width > MOST_PAIRS)
    return [...before.map((line): Step => ({ mark: "-", line })), ...after.map((line): Step => ({ mark: "+", line }))];
  const common = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let k = after.length - 1; k >= 0; k--) {
      const [down, right, both] = [common[(i + 1) * width + k], common[i * width + k + 1], common[(i + 1) * width + k + 1]];
      common[i * width + k] = before[i] === after[k] ? (both ?? 0) + 1 : Math.max(down ?? 0, right ?? 0);
    }
  }
  const steps: Step[] = [];
  let [i, k] = [0, 0];
  while (i < before.length || k < after.length) {
    if (i < before.length && k < after.length && before[i] === after[k]) {
      steps.push({ mark: " ", line: before[i++] as string });
      k++;
    } else if (k >= after.length || (i < before.length && (common[(i + 1) * width + k] ?? 0) >= (common[i * width + k + 1] ?? 0)))
      steps.push({ mark: "-", line: before[i++] as string });
    else steps.push({ mark: "+", line: after[k++] as string });
  }
  return steps;
}

function span(start: number, count: number): string {
  return count === 1 ? String(start) : `${count === 0 ? start - 1 : start},${count}`;
}

/** A text that does not end in a line feed says so, as `diff` has it. */
function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  else lines[lines.length - 1] += "\n\\ No newline at end of file";
  return lines;
}
