/**
 * Up to `limit` candidates that look like `word`, nearest first: what a person may have meant.
 * A candidate is near when few letters differ (a third of the longer word) or when one contains the other.
 */
export function nearNames(word: string, candidates: Iterable<string>, limit = 3): string[] {
  const wanted = word.toLowerCase();
  const scored: { name: string; distance: number }[] = [];
  for (const name of candidates) {
    const other = name.toLowerCase();
    const distance = editDistance(wanted, other);
    const contains = wanted.length > 2 && (other.includes(wanted) || wanted.includes(other));
    if (contains || distance <= Math.max(wanted.length, other.length) / 3) {
      scored.push({ name, distance });
    }
  }
  scored.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return scored.slice(0, limit).map((entry) => entry.name);
}

/** Levenshtein distance (insertions, deletions, replacements), one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
