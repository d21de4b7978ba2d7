/**
 * A ranking of candidates by falling score, as far as precision needs it: cells of one score with true positives, and how many false positives lie in them and
 * before them.
 */
export interface RankedCells {
  /** True positives of each cell, above 0 (or 0 where some were taken out). */
  readonly found: Float64Array;
  /** False positives of the same score. */
  readonly beside: Float64Array;
  /** False positives between the cell before and this one. */
  readonly before: Float64Array;
}

/**
 * How candidates of one score are ordered among themselves, which nobody knows: `expected` spreads the false positives evenly between the true ones, as all
 * orders have it on average; `best` puts them behind, `worst` in front. Where each candidate has a score of its own, the three are the same.
 */
export type TieOrder = 'expected' | 'best' | 'worst';

/** x of the 101 points, as `numpy.linspace(0, 1, 101)` has them. */
const points = Float64Array.from({ length: 101 }, (_, i) => (i === 100 ? 1 : i * 0.01));

/**
 * Average precision as Ultralytics' `compute_ap` since 8.4.37: precision against recall with sentinels (recall 0 with precision 1; the last recall and 1 with
 * precision 0), its envelope (at each recall the best precision at that recall or more), linear between points, summed at 101 recalls by trapezoids.
 *
 * Between two true positives the envelope is flat: a true positive never lowers precision, so the best one to the right of any recall in [t / labels,
 * (t + 1) / labels) is that of true positive t + 1 or a later one. So average precision depends on nothing but how many false positives come before each true
 * one, and falls with each of these numbers. That is why `best` and `worst` are bounds of it.
 *
 * @param labels Above 0.
 * @returns In [0, 0.995]: at recall 1 precision is 0.
 */
export function averagePrecision(
  { found, beside, before }: RankedCells,
  labels: number,
  order: TieOrder = 'expected',
): number {
  let [positives, negatives] = [0, 0];
  for (let i = 0; i < found.length; i++) {
    positives += found[i]!;
    negatives += before[i]! + beside[i]!;
  }
  let point = points.length - 1;
  let wanted = positiveAt(points[point]!, labels);
  let [envelope, area] = [0, 0];
  for (let i = found.length - 1; i >= 0 && point >= 0; i--) {
    const count = found[i]!;
    positives -= count;
    negatives -= before[i]! + beside[i]!;
    const earlier = negatives + before[i]!;
    if (count > 0) {
      // Of the j-th true positive in the cell: earlier + start + step * j false ones come before it.
      const step = order === 'expected' ? beside[i]! / (count + 1) : 0;
      const start = order === 'worst' ? beside[i]! : 0;
      const at = (j: number) => (positives + j) / (positives + j + earlier + start + step * j);
      const last = Math.max(envelope, at(count));
      for (; point >= 0 && wanted > positives; ) {
        // Precision is monotonic within a cell, so its best from j on is at j or at the end.
        if (wanted <= positives + count)
          area += weight(point) * Math.max(last, at(wanted - positives));
        point -= 1;
        wanted = positiveAt(points[point] ?? 0, labels);
      }
      envelope = Math.max(last, at(1));
    }
  }
  return area;
}

/** Of the trapezoids. */
function weight(point: number): number {
  return point === 0 || point === points.length - 1 ? 0.005 : 0.01;
}

/** The first true positive, counted from 1, whose recall is above a recall. */
function positiveAt(recall: number, labels: number): number {
  let count = Math.floor(recall * labels);
  while (count / labels > recall) count -= 1;
  while ((count + 1) / labels <= recall) count += 1;
  return count + 1;
}
