import { editDistance } from './edit-distance.ts';

/**
 * Returns up to `limit` distinct candidates that look like `word`, nearest first.
 * A candidate is near when few letters differ (a third of the longer word) or when one contains the other.
 */
export function nearNames(word: string, candidates: Iterable<string>, limit = 3): string[] {
  const wanted = word.toLowerCase();
  const scored: { name: string; distance: number }[] = [];
  for (const name of new Set(candidates)) {
    const other = name.toLowerCase();
    const distance = editDistance(wanted, other);
    const contains =
      Math.min(wanted.length, other.length) > 2 &&
      (other.includes(wanted) || wanted.includes(other));
    if (contains || distance <= Math.max(wanted.length, other.length) / 3) {
      scored.push({ name, distance });
    }
  }
  scored.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return scored.slice(0, limit).map((entry) => entry.name);
}
