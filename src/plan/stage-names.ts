/** Stages by their names. */
import type { Stage } from "../dockerfile/index.ts";

const known = new WeakMap<readonly Stage[], ReadonlyMap<string, readonly number[]>>();

/** The number of the last stage below `before` that has the name. Stages are named in lower case. */
export function stageBefore(stages: readonly Stage[], name: string, before: number): number | undefined {
  const numbers = numbersOf(stages).get(name) ?? [];
  let low = 0;
  for (let high = numbers.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) < before) low = middle + 1;
    else high = middle;
  }
  return numbers[low - 1];
}

/** The number of the first stage that has the name. */
export function firstStage(stages: readonly Stage[], name: string): number | undefined {
  return numbersOf(stages).get(name)?.[0];
}

function numbersOf(stages: readonly Stage[]): ReadonlyMap<string, readonly number[]> {
  const found = known.get(stages);
  if (found) return found;
  const numbers = new Map<string, number[]>();
  for (const [index, { name }] of stages.entries()) {
    const same = numbers.get(name);
    if (name === "") continue;
    if (same) same.push(index);
    else numbers.set(name, [index]);
  }
  known.set(stages, numbers);
  return numbers;
}
