import {
  emptyRun,
  mergedRuns,
  rowKeys,
  rowOf,
  rowsOf,
  type ScoreRun,
  sortedRun,
} from './score-run.ts';

/** The part of a run in one row, as row 0. */
export function rowPart(run: ScoreRun, row: number): ScoreRun {
  const [start, end] = rowsOf(run, row);
  return {
    keys: run.keys.slice(start, end).map((key) => key - row * rowKeys),
    patterns: run.patterns.slice(start, end),
    counts: run.counts.slice(start, end),
  };
}

/** Rows of a run that have candidates, ascending. */
export function rowsIn(run: ScoreRun): number[] {
  const rows: number[] = [];
  let rowEnd = 0;
  for (const key of run.keys) {
    if (key < rowEnd) continue;
    const row = rowOf(key);
    rows.push(row);
    rowEnd = (row + 1) * rowKeys;
  }
  return rows;
}

/** The same candidates with other rows; those that come to share one are put together. */
export function movedRows(run: ScoreRun, rowFor: (row: number) => number): ScoreRun {
  const keys = run.keys.slice();
  let isSorted = true;
  let before = -1;
  let [rowEnd, distance] = [0, 0];
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    if (key >= rowEnd) {
      const row = rowOf(key);
      const to = rowFor(row);
      rowEnd = (row + 1) * rowKeys;
      distance = (to - row) * rowKeys;
      isSorted &&= to > before;
      before = to;
    }
    keys[i] = key + distance;
  }
  const moved = { ...run, keys };
  return isSorted ? moved : sortedRun(moved);
}

/** Merged pairwise, so that each candidate is copied a few times only. */
export function togetherRuns(runs: readonly ScoreRun[]): ScoreRun {
  const [first, second] = runs;
  if (first === undefined) return emptyRun;
  if (second === undefined) return first;
  const middle = runs.length >> 1;
  return mergedRuns(togetherRuns(runs.slice(0, middle)), togetherRuns(runs.slice(middle)));
}
