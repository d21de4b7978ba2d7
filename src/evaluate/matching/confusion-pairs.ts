import type { SampleCandidates } from '../../shared/run/candidates.ts';
import type { ObjectShape } from '../../shared/run/task-traits.ts';
import { boxOverlaps } from './box-overlap.ts';
import { inputLabels, inputRotated, type PlacedLabels } from './input-labels.ts';
import { rotatedOverlaps } from './rotated-overlap.ts';

/** A candidate on a label; `null` is the background: a candidate on nothing, or a label without one. */
export interface ConfusionPair {
  readonly predicted: number | null;
  readonly labeled: number | null;
}

/** Ultralytics' defaults of its `ConfusionMatrix`; its `val` fills it at its own threshold of 0.001. */
export const confusionRules = { confThreshold: 0.25, iouThreshold: 0.45 } as const;

/**
 * Who was taken for whom in one image, as `ConfusionMatrix` of Ultralytics 8.4.190: of candidates above 0.25, in order of confidence, each takes the unclaimed label
 * that it overlaps most, of whatever class, if by more than 0.45. By boxes, of an OBB model by rotated ones.
 */
export function confusionPairs(
  candidates: SampleCandidates,
  labels: PlacedLabels,
  shape: ObjectShape,
): ConfusionPair[] {
  const laid = inputLabels(labels);
  const overlaps =
    shape === 'rotated'
      ? rotatedOverlaps(inputRotated(laid, labels), candidates.rotated ?? new Float32Array(0))
      : boxOverlaps(laid.boxes, candidates.boxes);
  const claimed = new Set<number>();
  const pairs: ConfusionPair[] = [];
  const { confThreshold, iouThreshold } = confusionRules;
  for (let j = 0; j < candidates.count; j++) {
    if (!(candidates.scores[j]! > confThreshold)) continue;
    let [best, most] = [-1, iouThreshold as number];
    for (let label = 0; label < laid.count; label++) {
      const overlap = overlaps[label * candidates.count + j]!;
      if (overlap > most && !claimed.has(label)) [best, most] = [label, overlap];
    }
    if (best >= 0) claimed.add(best);
    pairs.push({
      predicted: candidates.classIds[j]!,
      labeled: best < 0 ? null : laid.classIds[best]!,
    });
  }
  for (let label = 0; label < laid.count; label++) {
    if (!claimed.has(label)) pairs.push({ predicted: null, labeled: laid.classIds[label]! });
  }
  return pairs;
}
