import { iouThresholds } from '../matching/iou-thresholds.ts';
import type { PrecisionForm } from '../matching/match-candidates.ts';
import { averagePrecision } from './average-precision.ts';
import {
  type BestPoint,
  bestPoint,
  meanCurves,
  type PrecisionCurves,
  pointOf,
  precisionCurves,
} from './precision-curves.ts';
import { rankedCells } from './ranked-cells.ts';
import { rowsOf, type ScoreRun } from './score-run.ts';

/** Precision of one form over all classes that have labels. */
export interface FormPrecision {
  readonly form: PrecisionForm;
  /** Means over the classes; `null` where no class has labels. */
  readonly ap50: number | null;
  readonly ap50To95: number | null;
  /** Neither mean is further than this from what all scores in full would give; 0 where each candidate has a score of its own. */
  readonly bound: number;
  /** Where the mean of F1 over the classes is greatest: means over the classes. */
  readonly best?: BestPoint;
  /** Labels that have nothing to overlap with in this form: above 0, nothing can be said of it. */
  readonly lacking: number;
  /** Means over the classes, point by point. */
  readonly curves?: PrecisionCurves;
  /** By class id; those without labels are not there. */
  readonly classes: readonly ClassPrecision[];
}

export interface ClassPrecision {
  readonly classId: number;
  readonly labels: number;
  readonly candidates: number;
  /** [10]: at `iouThresholds`. */
  readonly ap: Float64Array;
  readonly ap50: number;
  readonly ap50To95: number;
  readonly bound: number;
  /** At the threshold of all classes, as `val` prints it. */
  readonly atBest: BestPoint;
  /** Where its own F1 is greatest. */
  readonly best: BestPoint;
  readonly curves: PrecisionCurves;
}

export interface ClassLabels {
  readonly classId: number;
  /** Above 0. */
  readonly labels: number;
}

export interface FormPlan {
  readonly form: PrecisionForm;
  /** Position among the forms: which ten bits of the patterns are its own. */
  readonly place: number;
  readonly lacking: number;
  readonly classes: readonly ClassLabels[];
}

/** @param run Rows are classes. */
export function formPrecision(
  run: ScoreRun,
  { form, place, lacking, classes: labeled }: FormPlan,
): FormPrecision {
  const first = place * iouThresholds.length;
  const found = labeled.map((one) => classPrecision(run, one, first));
  if (found.length === 0)
    return { form, ap50: null, ap50To95: null, bound: 0, lacking, classes: [] };
  const curves = meanCurves(found.map((one) => one.curves));
  const point = bestPoint(curves.f1);
  const classes = found.map((one) => ({ ...one, atBest: pointOf(one.curves, point) }));
  return {
    form,
    ap50: meanOf(classes.map(({ ap50 }) => ap50)),
    ap50To95: meanOf(classes.map(({ ap50To95 }) => ap50To95)),
    bound: meanOf(classes.map(({ bound }) => bound)),
    best: pointOf(curves, point),
    lacking,
    curves,
    classes,
  };
}

function classPrecision(
  run: ScoreRun,
  { classId, labels }: ClassLabels,
  first: number,
): Omit<ClassPrecision, 'atBest'> {
  const range = rowsOf(run, classId);
  const ap = new Float64Array(iouThresholds.length);
  const errors = ap.map((_, threshold) => {
    const cells = rankedCells(run, range, first + threshold);
    ap[threshold] = averagePrecision(cells, labels);
    if (cells.beside.every((count) => count === 0)) return 0;
    const over = averagePrecision(cells, labels, 'best') - ap[threshold]!;
    return Math.max(over, ap[threshold]! - averagePrecision(cells, labels, 'worst'));
  });
  const curves = precisionCurves(run, range, { bit: first, labels });
  const candidates = run.counts.subarray(...range).reduce((sum, count) => sum + count, 0);
  return {
    classId,
    labels,
    candidates,
    ap,
    ap50: ap[0]!,
    ap50To95: meanOf([...ap]),
    bound: Math.max(errors[0]!, meanOf([...errors])),
    best: pointOf(curves, bestPoint(curves.f1)),
    curves,
  };
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
