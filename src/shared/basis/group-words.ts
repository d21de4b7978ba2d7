import type { BasisLayer } from './basis-description.ts';

/** Which kept components nearly tie, as the end of a sentence; empty where none do. */
export function groupWords({ groups, components }: BasisLayer): string {
  const tied = groups.filter((group) => group.length > 1 && (group[0] ?? 0) <= components);
  if (tied.length === 0) return '';
  const words = tied.map((group) => {
    const [first, last] = [group[0], group.at(-1)];
    return group.length === 2 ? `${first} and ${last}` : `${first} to ${last}`;
  });
  return `; ${words.join(', ')} nearly tie, so that only ${tied.length > 1 ? 'the span of each group' : 'their span'} is meaningful`;
}
