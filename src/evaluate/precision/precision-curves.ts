import { type ScoreRun, scoreOf } from './score-run.ts';

/** Points of a curve over confidence: i / 999. */
export const curvePoints = 1000;

/** Precision, recall and F1 at 1,000 confidences from 0 to 1, [curvePoints] each. */
export interface PrecisionCurves {
  readonly precision: Float64Array;
  readonly recall: Float64Array;
  readonly f1: Float64Array;
}

/** The confidence of a point, as `numpy.linspace(0, 1, 1000)` has it. */
export function confidenceAt(point: number): number {
  return point === curvePoints - 1 ? 1 : point * (1 / (curvePoints - 1));
}

/**
 * Curves over confidence of the entries [start, end) of a run, at IoU 0.5 of one form, as Ultralytics' `ap_per_class`: linear between the scores of candidates,
 * precision 1 and recall 0 above the highest, and as at the lowest below it. Without candidates all are 0.
 *
 * @param bit Of IoU 0.5 in the patterns.
 * @param labels Above 0.
 */
export function precisionCurves(
  run: ScoreRun,
  [start, end]: readonly [number, number],
  { bit, labels }: { readonly bit: number; readonly labels: number },
): PrecisionCurves {
  const precision = new Float64Array(curvePoints);
  const recall = new Float64Array(curvePoints);
  const f1 = new Float64Array(curvePoints);
  if (end <= start) return { precision, recall, f1 };
  let next = stepAt(run, [start, end], bit);
  let last: Step = { score: Number.POSITIVE_INFINITY, found: 0, all: 0, at: end };
  for (let point = curvePoints - 1; point >= 0; point--) {
    const x = confidenceAt(point);
    while (next && next.score >= x) {
      last = next;
      next = stepAt(run, [start, last.at], bit, last);
    }
    precision[point] = between(x, last, next, (step) =>
      step.all === 0 ? 1 : step.found / step.all,
    );
    recall[point] = between(x, last, next, (step) => step.found / labels);
    const [p, r] = [precision[point]!, recall[point]!];
    f1[point] = (2 * p * r) / (p + r + 1e-16);
  }
  return { precision, recall, f1 };
}

/** Candidates with this score or more. */
interface Step {
  readonly score: number;
  readonly found: number;
  readonly all: number;
  /** Where the next step's entries end. */
  readonly at: number;
}

function stepAt(
  { keys, patterns, counts }: ScoreRun,
  [start, end]: readonly [number, number],
  bit: number,
  before = { found: 0, all: 0 },
): Step | undefined {
  if (end <= start) return undefined;
  const key = keys[end - 1]!;
  let { found, all } = before;
  let at = end;
  for (; at > start && keys[at - 1] === key; at--) {
    all += counts[at - 1]!;
    if ((patterns[at - 1]! & (1 << bit)) !== 0) found += counts[at - 1]!;
  }
  return { score: scoreOf(key), found, all, at };
}

function between(
  x: number,
  last: Step,
  next: Step | undefined,
  value: (step: Step) => number,
): number {
  const from = value(last);
  if (next === undefined || last.score === Number.POSITIVE_INFINITY || last.score === x)
    return from;
  return from + ((value(next) - from) * (last.score - x)) / (last.score - next.score);
}

/** Where the curves are read: at the greatest smoothed F1. */
export interface BestPoint {
  readonly threshold: number;
  readonly f1: number;
  readonly precision: number;
  readonly recall: number;
}

/** The point of the greatest F1 after smoothing over 101 points, as Ultralytics chooses it; the lowest of several. */
export function bestPoint(f1: Float64Array): number {
  const smoothed = smooth(f1);
  const most = smoothed.reduce((a, b) => Math.max(a, b), 0);
  // Sums of the same numbers in another order differ in the last bits.
  return smoothed.findIndex((value) => value >= most - 1e-12);
}

export function pointOf({ precision, recall, f1 }: PrecisionCurves, point: number): BestPoint {
  return {
    threshold: confidenceAt(point),
    f1: f1[point] ?? 0,
    precision: precision[point] ?? 0,
    recall: recall[point] ?? 0,
  };
}

const window = 101;

/** Mean over 101 points; beyond its ends a curve stays as it ends. */
function smooth(values: Float64Array): Float64Array {
  const [first, last] = [values[0] ?? 0, values.at(-1) ?? 0];
  const half = (window - 1) / 2;
  return values.map((_, i) => {
    let sum = 0;
    for (let j = i - half; j <= i + half; j++) sum += j < 0 ? first : (values[j] ?? last);
    return sum / window;
  });
}

/** Point by point. */
export function meanCurves(curves: readonly PrecisionCurves[]): PrecisionCurves {
  const mean = (pick: (one: PrecisionCurves) => Float64Array) =>
    new Float64Array(curvePoints).map(
      (_, i) => curves.reduce((sum, one) => sum + pick(one)[i]!, 0) / Math.max(curves.length, 1),
    );
  return {
    precision: mean(({ precision }) => precision),
    recall: mean(({ recall }) => recall),
    f1: mean(({ f1 }) => f1),
  };
}
