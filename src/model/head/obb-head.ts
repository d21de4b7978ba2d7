import { candidateRules } from '../../shared/run/candidates.ts';
import type { Detection, RotatedBox, Xyxy } from '../../shared/run/detection.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { rotatedCorners } from '../../shared/run/rotated-corners.ts';
import { finishedCandidates, rowColumns } from '../candidates/finished-candidates.ts';
import { rotatedCandidates, uprightBoxes } from '../candidates/rotated-candidates.ts';
import { suppressRotated } from '../candidates/rotated-suppression.ts';
import { candidatesOf } from './anchor-candidates.ts';
import {
  type AnchorScores,
  type AnchorsLayout,
  addExtras,
  anchorsFault,
  anchorsHead,
  everyScoreOf,
} from './anchors-head.ts';
import {
  anchoredFindings,
  type DetectionRules,
  type Head,
  type PlacedDetection,
  rowFindings,
} from './head.ts';
import {
  keptRows,
  type RowsAnswer,
  type RowsLayout,
  rowsFault,
  rowsHead,
  scoredClassOf,
} from './rows-head.ts';
import { hasKeypoints, hasMoreThanScores } from './score-columns.ts';

/** As the anchors of a detector, with the angle in radians behind the scores. */
export type ObbLayout = Omit<AnchorsLayout, 'kind'> & { readonly kind: 'obb' };

export interface ObbAnswer {
  readonly kind: 'obb';
  /** `angles`: [anchors]. */
  readonly arrays: AnchorScores & { readonly angles: Float32Array };
}

const unusable = 'angles';

export const obbHead: Head<ObbLayout, ObbAnswer> = {
  layoutOf(facts) {
    const { metadata, file, head } = facts;
    const { graph } = file;
    const { output } = head;
    // One number more fits any count of classes: where classes have no names, keypoints would be scores and an angle.
    if (hasKeypoints(graph, output)) return undefined;
    const layout = anchorsHead.layoutOf(facts);
    if (layout?.classes === (metadata.names?.size ?? 0) - 1 && !hasMoreThanScores(graph, output)) {
      // As many numbers as a detector of these classes has, and all behind the boxes are scores.
      return undefined;
    }
    return layout && { ...layout, kind: 'obb' };
  },
  describe: (layout) =>
    `${anchorsHead.describe({ ...layout, kind: 'detect', extra: 0 })}, and its angle`,
  hasAllScores: () => true,
  addTo(graph, layout, output, plan) {
    const { tensors } = anchorsHead.addTo(graph, { ...layout, kind: 'detect' }, output, plan);
    return { kind: 'obb', tensors: { ...tensors, angles: addExtras(graph, layout, output) } };
  },
  faultOf: ({ arrays }, { confThreshold }) =>
    anchorsFault(arrays, confThreshold, { values: arrays.angles, what: unusable }),
  decode({ arrays }, geometry, rules) {
    return anchoredFindings(decodeObbAnchors(arrays, geometry, rules));
  },
  candidates({ arrays: { angles, ...arrays } }, { maxDetections }) {
    return rotatedCandidates({ ...everyScoreOf(arrays), angles }, maxDetections);
  },
};

function decodeObbAnchors(
  { angles, ...head }: ObbAnswer['arrays'],
  geometry: LetterboxGeometry,
  rules: DetectionRules,
): PlacedDetection[] {
  const anchors = head.boxes.length / 4;
  const number = (row: number, anchor: number) => head.boxes[row * anchors + anchor] ?? 0;
  const candidates = candidatesOf(head, rules.confThreshold).map(({ anchor, score, classId }) => ({
    centerX: number(0, anchor),
    centerY: number(1, anchor),
    width: number(2, anchor),
    height: number(3, anchor),
    ...{ angle: angles[anchor] ?? 0, score, classId, anchor },
  }));
  return suppressRotated(candidates, rules).flatMap((index) => {
    const candidate = candidates[index];
    if (candidate === undefined) return [];
    const { score, classId, anchor, ...rotated } = candidate;
    return [{ place: anchor, detection: { ...placed(rotated, geometry), score, classId } }];
  });
}

export type ObbRowsLayout = Omit<RowsLayout, 'kind'> & { readonly kind: 'obb-rows' };
export type ObbRowsAnswer = Omit<RowsAnswer, 'kind'> & { readonly kind: 'obb-rows' };

/** Finished rows: cx, cy, w, h in input pixels, score, class, angle. Unused rows have a box, and the score 0. */
export const obbRowsHead: Head<ObbRowsLayout, ObbRowsAnswer> = {
  layoutOf(facts) {
    const layout = rowsHead.layoutOf(facts);
    return layout && { ...layout, kind: 'obb-rows' };
  },
  describe: (layout) => `${rowsHead.describe({ ...layout, kind: 'nms', extra: 0 })}, angle`,
  hasAllScores: ({ args }) => args.get('nms') !== true,
  addTo(graph, layout, output, plan) {
    const { tensors, columns } = rowsHead.addTo(graph, { ...layout, kind: 'nms' }, output, plan);
    return { kind: 'obb-rows', columns, tensors };
  },
  faultOf: ({ arrays, columns }, { confThreshold }) =>
    rowsFault({ ...arrays, columns }, confThreshold, unusable),
  decode({ arrays, columns }, geometry, rules) {
    const kept = keptRows({ ...arrays, columns }, rules);
    const found = kept.flatMap(({ values, place }) => {
      const [centerX = 0, centerY = 0, width = 0, height = 0, , , angle = 0] = values;
      if (width < 0 || height < 0) return [];
      const rotated = { centerX, centerY, width, height, angle };
      return [{ place, detection: { ...placed(rotated, geometry), ...scoredClassOf(values) } }];
    });
    return rowFindings(found);
  },
  candidates({ arrays, columns }, { maxDetections }) {
    const rule = { confThreshold: candidateRules.rotatedConfThreshold, maxDetections };
    const { rows, ...kept } = finishedCandidates({ ...arrays, columns }, rule);
    const turned = rows.map((row) => Float32Array.of(...row.subarray(0, 4), row[6] ?? 0));
    const rotated = rowColumns(turned, 0, 5);
    return { ...kept, boxes: uprightBoxes(rotated), rotated };
  },
};

/**
 * From input pixels to those of the original image. As Ultralytics' `scale_boxes` for `xywhr`, the sides are divided by the gains of the axes whatever
 * the angle, and nothing is clipped but the upright box around it.
 */
function placed(
  { centerX, centerY, width, height, angle }: RotatedBox,
  geometry: LetterboxGeometry,
): Pick<Detection, 'box' | 'rotated'> {
  const gainX = geometry.newWidth / geometry.width;
  const gainY = geometry.newHeight / geometry.height;
  const rotated = {
    centerX: (centerX - geometry.left) / gainX,
    centerY: (centerY - geometry.top) / gainY,
    width: width / gainX,
    height: height / gainY,
    angle,
  };
  return { rotated, box: uprightBox(rotated, geometry) };
}

function uprightBox(rotated: RotatedBox, { width, height }: LetterboxGeometry): Xyxy {
  const corners = rotatedCorners(rotated);
  const across = corners.map(([x]) => Math.min(Math.max(x, 0), width));
  const down = corners.map(([, y]) => Math.min(Math.max(y, 0), height));
  return [Math.min(...across), Math.min(...down), Math.max(...across), Math.max(...down)];
}
