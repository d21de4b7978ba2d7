import { iouThresholds } from './iou-thresholds.ts';

export interface OverlapClasses {
  /** [labels] */
  readonly labelClasses: Int32Array;
  /** [candidates], in order of falling confidence. */
  readonly candidateClasses: Int32Array;
}

/**
 * Which candidates are true positives, as Ultralytics since 8.4.176 (and COCO) decides: at each threshold, in order of confidence, each candidate takes the
 * unclaimed label of its own class that it overlaps most, if that reaches the threshold (Everingham et al. 2010, Lin et al. 2014). Labels of another class are
 * never taken. Of labels that it overlaps alike it takes the first.
 *
 * @param overlaps [labels, candidates], in float32
 * @returns [candidates]: bit i is set where the candidate is a true positive at `iouThresholds[i]`. A candidate may be one at 0.6 and none at 0.5, where a
 *   surer one has its label.
 */
export function matchOverlaps(
  overlaps: Float32Array,
  { labelClasses, candidateClasses }: OverlapClasses,
): Uint16Array {
  const across = candidateClasses.length;
  const bits = new Uint16Array(across);
  const claimed = new Uint16Array(labelClasses.length);
  const lowest = iouThresholds[0]!;
  const near = new Int32Array(labelClasses.length);
  for (let j = 0; j < across; j++) {
    let count = 0;
    for (let label = 0, at = j; label < labelClasses.length; label++, at += across) {
      // Not `<`: a form that is not there has no overlaps at all.
      if (!(overlaps[at]! >= lowest)) continue;
      if (labelClasses[label] === candidateClasses[j]) near[count++] = label;
    }
    if (count === 0) continue;
    const labels = near.subarray(0, count);
    for (let threshold = 0; threshold < iouThresholds.length; threshold++) {
      const bit = 1 << threshold;
      const best = bestUnclaimed(labels, claimed, bit, (label) => overlaps[label * across + j]!);
      if (best === undefined) continue;
      if (overlaps[best * across + j]! < iouThresholds[threshold]!) continue;
      bits[j]! |= bit;
      claimed[best]! |= bit;
    }
  }
  return bits;
}

function bestUnclaimed(
  labels: Int32Array,
  claimed: Uint16Array,
  bit: number,
  overlap: (label: number) => number,
): number | undefined {
  let best: number | undefined;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if ((claimed[label]! & bit) !== 0) continue;
    if (best === undefined || overlap(label) > overlap(best)) best = label;
  }
  return best;
}
