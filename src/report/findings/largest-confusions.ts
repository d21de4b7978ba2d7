import type { Confusion } from '../../evaluate/result/evaluation.ts';

/** A detection of one class on a label of another. */
export interface ClassPair {
  readonly predicted: number;
  readonly labeled: number;
  readonly count: number;
}

/** Confusions of one class with another, most frequent first; neither hits nor what concerns the background. */
export function largestConfusions(confusions: readonly Confusion[], most: number): ClassPair[] {
  return confusions
    .flatMap(({ predicted, labeled, count }) =>
      predicted === null || labeled === null || predicted === labeled || count === 0
        ? []
        : [{ predicted, labeled, count }],
    )
    .sort((a, b) => b.count - a.count || a.labeled - b.labeled || a.predicted - b.predicted)
    .slice(0, most);
}
