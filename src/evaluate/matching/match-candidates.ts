import type { SampleCandidates } from '../../shared/run/candidates.ts';
import type { ObjectShape } from '../../shared/run/task-traits.ts';
import { boxOverlaps } from './box-overlap.ts';
import {
  type InputLabels,
  inputKeypoints,
  inputLabels,
  inputRotated,
  lackingLabels,
  matchedObjects,
  type PlacedLabels,
} from './input-labels.ts';
import { keypointOverlaps } from './keypoint-overlap.ts';
import { labelMap } from './label-map.ts';
import { maskOverlaps } from './mask-overlap.ts';
import { matchOverlaps } from './match-overlaps.ts';
import { rotatedOverlaps } from './rotated-overlap.ts';

/** By what overlap objects are matched. */
export type PrecisionForm = 'box' | 'mask' | 'keypoints' | 'rotated';

/** What a task is measured by: of an OBB model rotated boxes alone, of segment and pose models boxes too. The names are those of `ObjectShape`. */
export const precisionForms: Readonly<Record<ObjectShape, readonly PrecisionForm[]>> = {
  box: ['box'],
  mask: ['box', 'mask'],
  keypoints: ['box', 'keypoints'],
  rotated: ['rotated'],
};

/** The candidates of an image matched to its labels. */
export interface MatchedCandidates {
  readonly labels: InputLabels;
  /** In the order of `precisionForms`. */
  readonly forms: readonly MatchedForm[];
}

export interface MatchedForm {
  readonly form: PrecisionForm;
  /** [candidates]: bit i is set for a true positive at `iouThresholds[i]`. */
  readonly bits: Uint16Array;
  /** Labels that have no mask, keypoints or outline, so that nothing can be said by this form: a box stands for the mask, no point for the keypoints. */
  readonly lacking: number;
}

/**
 * Matches candidates to labels as `val` of Ultralytics 8.4.190 does: in pixels of the model's input, unclipped, crowds left out.
 *
 * @param labels in original-image pixels
 * @param sigmas of the dataset's keypoints, as `keypointOverlaps` takes them
 */
export function matchCandidates(
  candidates: SampleCandidates,
  labels: PlacedLabels,
  shape: ObjectShape,
  sigmas?: readonly number[],
): MatchedCandidates {
  const map =
    shape === 'mask' && candidates.masks ? mapOf(labels, candidates.masks.size) : undefined;
  const placed: PlacedLabels = map ? { ...labels, order: map.order } : labels;
  const laid = inputLabels(placed);
  const classes = { labelClasses: laid.classIds, candidateClasses: candidates.classIds };
  const overlaps: Readonly<Record<PrecisionForm, () => Float32Array>> = {
    box: () => boxOverlaps(laid.boxes, candidates.boxes),
    mask: () => (map && candidates.masks ? maskOverlaps(map, candidates.masks) : nothing),
    keypoints: () => {
      const found = candidates.keypoints ?? nothing;
      const points = candidates.count === 0 ? 0 : found.length / (3 * candidates.count);
      if (points === 0) return nothing;
      return keypointOverlaps(inputKeypoints(laid, placed, points), found, points, sigmas);
    },
    rotated: () => rotatedOverlaps(inputRotated(laid, placed), candidates.rotated ?? nothing),
  };
  const forms = precisionForms[shape].map((form): MatchedForm => {
    const bits = matchOverlaps(overlaps[form](), classes);
    return { form, bits, lacking: lackingLabels(labels.objects, form) };
  });
  return { labels: laid, forms };
}

const nothing = new Float32Array(0);

function mapOf({ objects, geometry }: PlacedLabels, size: readonly [number, number]) {
  const indexes = matchedObjects(objects);
  const counted = indexes.map((i) => objects[i]!);
  const map = labelMap(counted, geometry, size);
  return { ...map, order: map.order.map((i) => indexes[i]!) };
}
