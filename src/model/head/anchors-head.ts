import { EigenfleetError } from '../../shared/errors.ts';
import type { Detection } from '../../shared/run/detection.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { areFinite } from '../../shared/statistics/are-finite.ts';
import { elementTypes } from '../onnx/graph-builder.ts';
import { type Dimension, isAtLeast, shapeText } from '../onnx/tensor-info.ts';
import { extraNumbersOf } from './extra-numbers.ts';
import {
  type DetectionRules,
  type Head,
  type HeadOutput,
  notFinite,
  withoutAnswer,
} from './head.ts';
import { nonMaximumSuppression } from './nms.ts';
import { scaleBox } from './scale-box.ts';

/**
 * [B, 4 + classes + extra, anchors] (Ultralytics `utils/export`, `utils/nms.py`): cx, cy, w, h in input pixels, sigmoid scores, then 32 mask
 * coefficients, keypoints or the angle of the other tasks; anchors level by level in the order of the head's inputs, row-major.
 */
export interface AnchorsLayout extends HeadOutput {
  readonly kind: 'detect';
  readonly classes: number;
  readonly extra: number;
  readonly anchors: Dimension;
}

/** Anchors in the order of the model's output. A type, not an interface: it has to be a record of arrays. */
export type AnchorScores = {
  /** [4, anchors]: cx, cy, w, h in input pixels. */
  readonly boxes: Float32Array;
  /** [anchors]: of the best class. */
  readonly scores: Float32Array;
  /** [anchors]; absent where the model knows one class. */
  readonly classIds?: Int32Array;
};

export interface AnchorsAnswer {
  readonly kind: 'detect';
  readonly arrays: AnchorScores;
}

/** Boxes and scores of every anchor, as they leave the last convolutions, before suppression. */
export const anchorsHead: Head<AnchorsLayout, AnchorsAnswer> = {
  layoutOf(facts) {
    const { file, metadata, outputs, head } = facts;
    const shape = outputs[0]?.shape ?? [];
    const [, channels, anchors = 'dynamic'] = shape;
    const extra = extraNumbersOf(facts);
    if (shape.length !== 3 || typeof channels !== 'number' || channels <= 4 + extra) {
      return undefined;
    }
    const classes = channels - 4 - extra;
    if (classes !== metadata.names?.size && !isAtLeast(anchors, channels)) {
      throw new EigenfleetError(
        'model',
        `${file.name} has an output ${shapeText(shape)} of another layout than YOLOv8's [batch, 4 + classes, anchors] (YOLOv5 differs): export a YOLOv8 or later detection model. ${withoutAnswer}`,
      );
    }
    return { ...head, kind: 'detect', classes, extra, anchors };
  },

  describe({ output, classes, extra, anchors }) {
    const more = extra === 0 ? '' : `, ${extra} more numbers`;
    const each = anchors === 'dynamic' ? 'each anchor' : `each of ${anchors} anchors`;
    return `${output}: box, ${classes} class scores${more} for ${each}`;
  },

  addTo(graph, { classes }, output) {
    const boxes = graph.output(graph.sliced(output, 1, { start: 0, end: 4, step: 1 }));
    const scores = graph.sliced(output, 1, { start: 4, end: 4 + classes, step: 1 });
    if (classes === 1) return { kind: 'detect', tensors: { boxes, scores: graph.output(scores) } };
    const best = graph.op('ArgMax', [scores], { axis: 1, keepdims: 0 });
    return {
      kind: 'detect',
      tensors: {
        boxes,
        scores: graph.output(graph.reduced('ReduceMax', scores, 1, false)),
        classIds: graph.output(graph.op('Cast', [best], { to: elementTypes.int32 })),
      },
    };
  },

  faultOf({ arrays }, { confThreshold }) {
    return anchorsFault(arrays, confThreshold);
  },

  decode({ arrays }, geometry, rules) {
    return { detections: decodeAnchors(arrays, geometry, rules), classScores: [] };
  },
};

/** Ultralytics' `max_nms`: at most this many boxes, the best, go into the suppression. */
const maxCandidates = 30_000;

/** A box that is above the threshold and was not suppressed. */
export interface KeptAnchor {
  /** Its index in the model's output, where its other numbers are. */
  readonly anchor: number;
  /** Left, top, right, bottom in input pixels. */
  readonly corners: Float32Array;
  readonly score: number;
  readonly classId: number;
}

/** Detections of one image from the raw head, in original-image pixels. */
export function decodeAnchors(
  head: AnchorScores,
  geometry: LetterboxGeometry,
  rules: DetectionRules,
): Detection[] {
  return keptAnchors(head, rules).map(({ corners, score, classId }) => {
    return { box: scaleBox(corners, geometry), score, classId };
  });
}

/**
 * Threshold, sort by score (equal scores in anchor order), suppression by class. The rules are those of Ultralytics 8.4.190 `predict`.
 */
export function keptAnchors(head: AnchorScores, rules: DetectionRules): KeptAnchor[] {
  const anchors = candidateAnchors(head.scores, rules.confThreshold);
  const boxes = cornersOf(head.boxes, head.scores.length, anchors);
  const scores = new Float32Array(anchors.length);
  const classes = new Int32Array(anchors.length);
  anchors.forEach((anchor, index) => {
    scores[index] = head.scores[anchor] ?? 0;
    classes[index] = head.classIds?.[anchor] ?? 0;
  });
  const { iouThreshold, maxDetections } = rules;
  const kept = nonMaximumSuppression({ boxes, scores, classes, iouThreshold, maxDetections });
  return kept.map((index) => ({
    anchor: anchors[index] ?? 0,
    corners: boxes.subarray(index * 4, index * 4 + 4),
    score: scores[index] ?? 0,
    classId: classes[index] ?? 0,
  }));
}

/** Anchors above the threshold, best first. */
function candidateAnchors(scores: Float32Array, confThreshold: number): number[] {
  const anchors: number[] = [];
  for (let anchor = 0; anchor < scores.length; anchor++) {
    if ((scores[anchor] ?? 0) > confThreshold) anchors.push(anchor);
  }
  anchors.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  return anchors.slice(0, maxCandidates);
}

/** [n, 4] flat: left, top, right, bottom of the chosen anchors, in input pixels. */
function cornersOf(boxes: Float32Array, count: number, anchors: readonly number[]): Float32Array {
  const corners = new Float32Array(anchors.length * 4);
  anchors.forEach((anchor, index) => {
    const cx = boxes[anchor] ?? 0;
    const cy = boxes[count + anchor] ?? 0;
    const w = boxes[2 * count + anchor] ?? 0;
    const h = boxes[3 * count + anchor] ?? 0;
    corners[4 * index] = cx - w / 2;
    corners[4 * index + 1] = cy - h / 2;
    corners[4 * index + 2] = cx + w / 2;
    corners[4 * index + 3] = cy + h / 2;
  });
  return corners;
}

function anchorsFault({ boxes, scores }: AnchorScores, confThreshold: number): string | undefined {
  if (!areFinite(scores)) return notFinite('scores');
  const anchors = scores.length;
  for (let anchor = 0; anchor < anchors; anchor++) {
    if (!((scores[anchor] ?? 0) > confThreshold)) continue;
    for (let at = anchor; at < boxes.length; at += anchors) {
      if (!Number.isFinite(boxes[at])) return notFinite('boxes');
    }
  }
  return undefined;
}
