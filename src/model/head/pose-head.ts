import type { Keypoint } from '../../shared/run/detection.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { finishedCandidates, rowColumns } from '../candidates/finished-candidates.ts';
import { columnsOf, keptCandidates } from '../candidates/kept-candidates.ts';
import {
  type AnchorScores,
  type AnchorsLayout,
  addExtras,
  anchorsFault,
  anchorsHead,
  everyScoreOf,
  extrasOf,
  keptAnchors,
} from './anchors-head.ts';
import { keypointShapeOf } from './extra-numbers.ts';
import { anchoredFindings, type Head, rowFindings } from './head.ts';
import {
  keptBoxRows,
  type RowsAnswer,
  type RowsLayout,
  rowsFault,
  rowsHead,
  scoredClassOf,
} from './rows-head.ts';
import { scaleBox } from './scale-box.ts';

/** As the anchors of a detector, with `points` keypoints of `numbers` numbers behind the scores: x, y in input pixels, and visibility. */
export type PoseLayout = Omit<AnchorsLayout, 'kind'> & {
  readonly kind: 'pose';
  readonly numbers: 2 | 3;
};

export interface PoseAnswer {
  readonly kind: 'pose';
  readonly numbers: 2 | 3;
  /** `keypoints`: [points * numbers, anchors]. */
  readonly arrays: AnchorScores & { readonly keypoints: Float32Array };
}

const unusable = 'keypoints';

export const poseHead: Head<PoseLayout, PoseAnswer> = {
  layoutOf(facts) {
    const layout = anchorsHead.layoutOf(facts);
    return layout && { ...layout, kind: 'pose', numbers: keypointShapeOf(facts)[1] };
  },
  describe: ({ extra, numbers, ...layout }) =>
    `${anchorsHead.describe({ ...layout, kind: 'detect', extra: 0 })}, and ${extra / numbers} keypoints`,
  hasAllScores: () => true,
  addTo(graph, layout, output, plan) {
    const { tensors } = anchorsHead.addTo(graph, { ...layout, kind: 'detect' }, output, plan);
    const keypoints = addExtras(graph, layout, output);
    return { kind: 'pose', numbers: layout.numbers, tensors: { ...tensors, keypoints } };
  },
  faultOf: ({ arrays }, { confThreshold }) =>
    anchorsFault(arrays, confThreshold, { values: arrays.keypoints, what: unusable }),
  decode({ arrays, numbers }, geometry, rules) {
    const anchors = arrays.boxes.length / 4;
    const found = keptAnchors(arrays, rules).map(({ anchor, corners, score, classId }) => {
      const values = extrasOf(arrays.keypoints, anchor, anchors);
      const keypoints = keypointsOf(values, numbers, geometry);
      const box = scaleBox(corners, geometry);
      return { place: anchor, detection: { box, score, classId, keypoints } };
    });
    return anchoredFindings(found);
  },
  candidates({ arrays: { keypoints, ...arrays }, numbers }, { maxDetections }) {
    const answer = { ...everyScoreOf(arrays), extras: keypoints };
    const { anchors, ...kept } = keptCandidates(answer, maxDetections);
    const values = columnsOf(keypoints, anchors, arrays.boxes.length / 4);
    return { count: anchors.length, ...kept, keypoints: withVisibility(values, numbers) };
  },
};

export type PoseRowsLayout = Omit<RowsLayout, 'kind'> & {
  readonly kind: 'pose-rows';
  readonly numbers: 2 | 3;
};
export type PoseRowsAnswer = Omit<RowsAnswer, 'kind'> & {
  readonly kind: 'pose-rows';
  readonly numbers: 2 | 3;
};

/** Finished rows with the keypoints behind the class. */
export const poseRowsHead: Head<PoseRowsLayout, PoseRowsAnswer> = {
  layoutOf(facts) {
    const layout = rowsHead.layoutOf(facts);
    return layout && { ...layout, kind: 'pose-rows', numbers: keypointShapeOf(facts)[1] };
  },
  describe: ({ extra, numbers, ...layout }) =>
    `${rowsHead.describe({ ...layout, kind: 'nms', extra: 0 })}, ${extra / numbers} keypoints`,
  hasAllScores: ({ args }) => args.get('nms') !== true,
  addTo(graph, layout, output, plan) {
    const { tensors, columns } = rowsHead.addTo(graph, { ...layout, kind: 'nms' }, output, plan);
    return { kind: 'pose-rows', columns, numbers: layout.numbers, tensors };
  },
  faultOf: ({ arrays, columns }, { confThreshold }) =>
    rowsFault({ ...arrays, columns }, confThreshold, unusable),
  decode({ arrays, columns, numbers }, geometry, rules) {
    const found = keptBoxRows({ ...arrays, columns }, rules).map(({ values, place }) => {
      const keypoints = keypointsOf(values.subarray(6), numbers, geometry);
      const box = scaleBox(values, geometry);
      return { place, detection: { box, ...scoredClassOf(values), keypoints } };
    });
    return rowFindings(found);
  },
  candidates({ arrays, columns, numbers }, plan) {
    const { rows, ...kept } = finishedCandidates({ ...arrays, columns }, plan);
    const keypoints = withVisibility(rowColumns(rows, 6, columns), numbers);
    return { ...kept, boxes: rowColumns(rows, 0, 4), keypoints };
  },
};

/** Three numbers a point: a model that says nothing of visibility shows all. */
function withVisibility(values: Float32Array, numbers: 2 | 3): Float32Array {
  if (numbers === 3) return values;
  const points = new Float32Array((values.length / 2) * 3).fill(1);
  for (let at = 0; at < values.length / 2; at++) {
    points.set(values.subarray(2 * at, 2 * at + 2), 3 * at);
  }
  return points;
}

/** Clipped to the image, as Ultralytics' `scale_coords` does. */
function keypointsOf(
  values: Float32Array,
  numbers: 2 | 3,
  geometry: LetterboxGeometry,
): Keypoint[] {
  return Array.from({ length: values.length / numbers }, (_, at) => {
    const [x = 0, y = 0, visibility = 1] = values.subarray(at * numbers, (at + 1) * numbers);
    const [left, top] = scaleBox([x, y, x, y], geometry);
    return { x: left, y: top, visibility };
  });
}
