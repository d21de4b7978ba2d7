import { candidateRules, type SampleCandidates } from '../../shared/run/candidates.ts';
import { maxClassId } from '../../shared/run/run-bounds.ts';
import { areFinite } from '../../shared/statistics/are-finite.ts';

/** [n, columns]: four numbers of a box, score, class, and what the task adds; unused rows have the score 0. */
interface Rows {
  readonly rows: Float32Array;
  readonly columns: number;
}

interface Choice {
  readonly confThreshold?: number;
  readonly maxDetections: number;
}

export interface FinishedCandidates
  extends Pick<SampleCandidates, 'count' | 'cut' | 'classIds' | 'scores'> {
  /** Best first. */
  readonly rows: readonly Float32Array[];
}

/**
 * The finished rows that `val` keeps of a graph that has suppressed them, or has chosen the best of all: those above the threshold, best first. The file may have left out
 * weaker ones already. Rows whose numbers are not finite are left out.
 */
export function finishedCandidates(
  { rows, columns }: Rows,
  { confThreshold = candidateRules.confThreshold, maxDetections }: Choice,
): FinishedCandidates {
  const threshold = Math.fround(confThreshold);
  const above: Float32Array[] = [];
  for (let start = 0; start + columns <= rows.length; start += columns) {
    const row = rows.subarray(start, start + columns);
    if (row[4]! > threshold && areFinite(row) && isClassId(Math.round(row[5]!))) above.push(row);
  }
  const kept = above.sort((a, b) => b[4]! - a[4]!).slice(0, maxDetections);
  return {
    ...{ count: kept.length, cut: above.length - kept.length, rows: kept },
    classIds: Int32Array.from(kept, (row) => Math.round(row[5]!)),
    scores: Float32Array.from(kept, (row) => row[4]!),
  };
}

function isClassId(classId: number): boolean {
  return classId >= 0 && classId <= maxClassId;
}

/** Columns [start, end) of each row, one row after the other. */
export function rowColumns(
  rows: readonly Float32Array[],
  start: number,
  end: number,
): Float32Array {
  const found = new Float32Array(rows.length * (end - start));
  rows.forEach((row, index) => {
    found.set(row.subarray(start, end), index * (end - start));
  });
  return found;
}
