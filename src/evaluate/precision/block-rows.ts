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
  for (let i = 0; i < run.keys.length; ) {
    const row = rowOf(run.keys[i]!);
    rows.push(row);
    [, i] = rowsOf(run, row);
  }
  return rows;
}

/** The same candidates with other rows; those that come to share one are put together. */
export function movedRows(run: ScoreRun, rowFor: (row: number) => number): ScoreRun {
  const keys = run.keys.slice();
  let isSorted = true;
  let before = -1;
  for (const row of rowsIn(run)) {
    const [start, end] = rowsOf(run, row);
    const to = rowFor(row);
    const distance = (to - row) * rowKeys;
    if (distance !== 0) for (let i = start; i < end; i++) keys[i]! += distance;
    isSorted &&= to > before;
    before = to;
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
