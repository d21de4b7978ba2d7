import type { RankedCells } from './average-precision.ts';
import type { ScoreRun } from './score-run.ts';

/**
 * The ranking of the entries [start, end) of a run at one form and IoU threshold.
 *
 * @param bit Which bit of the patterns says that candidates are true positives.
 */
export function rankedCells(
  { keys, patterns, counts }: ScoreRun,
  [start, end]: readonly [number, number],
  bit: number,
): RankedCells {
  const mask = 1 << bit;
  const found: number[] = [];
  const beside: number[] = [];
  const before: number[] = [];
  let gap = 0;
  for (let i = end - 1; i >= start; ) {
    const key = keys[i];
    let [positives, negatives] = [0, 0];
    for (; i >= start && keys[i] === key; i--) {
      if ((patterns[i]! & mask) !== 0) positives += counts[i]!;
      else negatives += counts[i]!;
    }
    if (positives === 0) gap += negatives;
    else {
      found.push(positives);
      beside.push(negatives);
      before.push(gap);
      gap = 0;
    }
  }
  return {
    found: Float64Array.from(found),
    beside: Float64Array.from(beside),
    before: Float64Array.from(before),
  };
}
