/** The nearest of the known names, ignoring case, if it is at most two letters away; undefined if the word is one of them. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  const wanted = word.toLowerCase().slice(0, 64);
  let best: string | undefined;
  let least = 3;
  for (const name of known) {
    if (Math.abs(name.length - wanted.length) > least) continue;
    const distance = editDistance(wanted, name.toLowerCase());
    if (distance === 0) return undefined;
    if (
      distance < least ||
      (distance === least && best !== undefined && sameLetters(wanted, name) && !sameLetters(wanted, best))
    ) {
      least = distance;
      best = name;
    }
  }
  return best;
}

/** Of two that are equally near the one with the same letters was meant: two of them changed places. */
function sameLetters(a: string, b: string): boolean {
  const sorted = (word: string): string => [...word.toLowerCase()].sort().join("");
  return sorted(a) === sorted(b);
}

/** How many letters must be changed, added or taken away to make one word the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, (previous[j] as number) + 1, (row[j - 1] as number) + 1));
    }
    previous = row;
  }
  return previous[b.length] as number;
}
