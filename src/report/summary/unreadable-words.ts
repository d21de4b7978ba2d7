import { counted, listed } from '../words/wording.ts';
import type { Summary } from './summary-schema.ts';

/** Listed for people; summary.json has more. */
const mostNamed = 3;

export interface UnreadableWords {
  /** One sentence with its period. */
  readonly sentence: string;
  /** Where each of the first is, and why it cannot be read. */
  readonly places: readonly string[];
}

/** Words about unreadable stored rows; `undefined` when there are none. */
export function unreadableWords({ unreadable }: Pick<Summary, 'unreadable'>) {
  if (unreadable === undefined) return undefined;
  const { rows, shards, first } = unreadable;
  const counts = [
    ...(rows > 0 ? [counted(rows, 'stored row')] : []),
    ...(shards > 0 ? [`the rows of ${counted(shards, 'shard')}`] : []),
  ];
  const words: UnreadableWords = {
    sentence: `${listed(counts)} cannot be read: the counts include them, but images/, failures.jsonl and the pictures do not.`,
    places: first.slice(0, mostNamed).map(({ shard, row, key, reason }) => {
      const place = row === undefined ? `shard ${shard}` : `shard ${shard}, row ${row}`;
      return `${place}${key === undefined ? '' : ` (${key})`}: ${reason}`;
    }),
  };
  return words;
}
