import { compareText } from '../../shared/statistics/exemplars.ts';

/** The record with its keys in one order, whatever the order of merging. */
export function sortedByKey(record: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => compareText(a, b)));
}
