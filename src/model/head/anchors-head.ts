import { EigenfleetError } from '../../shared/errors.ts';
import { areFinite } from '../../shared/statistics/are-finite.ts';
import { type AnchorAnswer, keptCandidates } from '../candidates/kept-candidates.ts';
import { elementTypes } from '../onnx/element-types.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { type Dimension, isAtLeast, shapeText } from '../onnx/tensor-shape.ts';
import { type Candidate, candidatesOf } from './anchor-candidates.ts';
import { extraNumbersOf } from './extra-numbers.ts';
import {
  anchoredFindings,
  type DetectionRules,
  foreignAnswer,
  type Head,
  type HeadFacts,
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
  /** [anchors]: of the best class; [classes, anchors] where all were asked for. */
  readonly scores: Float32Array;
  /** [anchors]: the best class; absent where the scores are those of all classes, or of the only one. */
  readonly classIds?: Int32Array;
  /** [classes, anchors]: beside those of the best class, where candidates are wanted. */
  readonly everyScore?: Float32Array;
};

export interface AnchorsAnswer {
  readonly kind: 'detect';
  readonly arrays: AnchorScores;
}

/** What takes the best of all anchors. */
const selections: readonly string[] = ['TopK', 'NonMaxSuppression'];

/** Boxes and scores of every anchor, as they leave the last convolutions, before suppression. */
export const anchorsHead: Head<AnchorsLayout, AnchorsAnswer> = {
  layoutOf(facts) {
    const { metadata, outputs, head } = facts;
    const shape = outputs[0]?.shape ?? [];
    const [, channels, anchors = 'dynamic'] = shape;
    const extra = extraNumbersOf(facts);
    if (shape.length !== 3 || typeof channels !== 'number' || channels <= 4 + extra) {
      return undefined;
    }
    const classes = channels - 4 - extra;
    if (classes !== metadata.names?.size && !isAtLeast(anchors, channels)) {
      throw foreignAnswer(facts) ?? otherLayout(facts);
    }
    return { ...head, kind: 'detect', classes, extra, anchors };
  },

  describe({ output, classes, extra, anchors }) {
    const more = extra === 0 ? '' : `, ${extra} more numbers`;
    const each = anchors === 'dynamic' ? 'each anchor' : `each of ${anchors} anchors`;
    return `${output}: box, ${classes} class scores${more} for ${each}`;
  },

  hasAllScores: () => true,

  addTo(graph, { classes }, output, { allScores, candidates }) {
    const boxes = graph.output(graph.sliced(output, 1, { start: 0, end: 4, step: 1 }));
    const scores = graph.sliced(output, 1, { start: 4, end: 4 + classes, step: 1 });
    if (classes === 1 || allScores)
      return { kind: 'detect', tensors: { boxes, scores: graph.output(scores) } };
    const best = graph.op('ArgMax', [scores], { axis: 1, keepdims: 0 });
    return {
      kind: 'detect',
      tensors: {
        boxes,
        scores: graph.output(graph.reduced('ReduceMax', scores, 1, false)),
        classIds: graph.output(graph.op('Cast', [best], { to: elementTypes.int32 })),
        ...(candidates && { everyScore: graph.output(scores) }),
      },
    };
  },

  faultOf({ arrays }, { confThreshold }) {
    return anchorsFault(arrays, confThreshold);
  },

  decode({ arrays }, geometry, rules) {
    const found = keptAnchors(arrays, rules).map(({ anchor, corners, score, classId }) => {
      return { place: anchor, detection: { box: scaleBox(corners, geometry), score, classId } };
    });
    return anchoredFindings(found);
  },

  candidates({ arrays }, { maxDetections }) {
    const { anchors, ...kept } = keptCandidates(everyScoreOf(arrays), maxDetections);
    return { count: anchors.length, ...kept };
  },
};

function otherLayout({ file, metadata, outputs }: HeadFacts): EigenfleetError {
  const shape = shapeText(outputs[0]?.shape ?? []);
  // Chosen in the graph, and wider than a detector's: YOLOv5's rows are all anchors.
  const isFinished = file.graph.node.some(({ opType }) => selections.includes(opType));
  const sentence =
    metadata.task === undefined && isFinished
      ? `names no task, and its output ${shape} has finished rows with more than box, score and class: choose with --task obb or pose, and name the classes with --names.`
      : `has an output ${shape} of another layout than YOLOv8's [batch, 4 + classes, anchors] (YOLOv5 differs): export a YOLOv8 or later detection model.`;
  return new EigenfleetError('model', `${file.name} ${sentence} ${withoutAnswer}`);
}

/** Boxes and the scores of every class. Throws `RangeError` for the answer of a graph that was not asked for them. */
export function everyScoreOf({ boxes, scores, classIds, everyScore }: AnchorScores): AnchorAnswer {
  if (everyScore !== undefined) return { boxes, scores: everyScore };
  if (classIds === undefined) return { boxes, scores };
  throw new RangeError('the graph was not asked for the scores of every class');
}

/** A box that is above the threshold and was not suppressed. */
export interface KeptAnchor {
  /** Its index in the model's output, where its other numbers are. */
  readonly anchor: number;
  /** Left, top, right, bottom in input pixels. */
  readonly corners: Float32Array;
  readonly score: number;
  readonly classId: number;
}

/**
 * Threshold, sort by score (equal scores in anchor order), suppression by class. The rules are those of Ultralytics 8.4.190: `predict`'s for the
 * best class of each anchor, `val`'s for all classes.
 */
export function keptAnchors(head: AnchorScores, rules: DetectionRules): KeptAnchor[] {
  const candidates = candidatesOf(head, rules.confThreshold);
  const boxes = cornersOf(head.boxes, candidates);
  const scores = Float32Array.from(candidates, ({ score }) => score);
  const classes = Int32Array.from(candidates, ({ classId }) => classId);
  const { iouThreshold, maxDetections } = rules;
  const kept = nonMaximumSuppression({ boxes, scores, classes, iouThreshold, maxDetections });
  return kept.flatMap((index) => {
    const candidate = candidates[index];
    return candidate ? [{ ...candidate, corners: boxes.subarray(index * 4, index * 4 + 4) }] : [];
  });
}

/** The numbers that an anchor carries behind its scores; `extras`: [extra, anchors]. */
export function extrasOf(extras: Float32Array, anchor: number, anchors: number): Float32Array {
  return Float32Array.from(
    { length: extras.length / anchors },
    (_, row) => extras[row * anchors + anchor] ?? 0,
  );
}

/** Slices what an anchor carries behind its scores, [B, extra, anchors], and makes it an output. */
export function addExtras(
  graph: GraphBuilder,
  { classes, extra }: Pick<AnchorsLayout, 'classes' | 'extra'>,
  output: string,
): string {
  const start = 4 + classes;
  return graph.output(graph.sliced(output, 1, { start, end: start + extra, step: 1 }));
}

/** [n, 4] flat: left, top, right, bottom of the chosen anchors, in input pixels. */
function cornersOf(boxes: Float32Array, candidates: readonly Candidate[]): Float32Array {
  const corners = new Float32Array(candidates.length * 4);
  const count = boxes.length / 4;
  candidates.forEach(({ anchor }, index) => {
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

/** Why an answer is unusable: numbers that will be stored are not finite. `extras`: [extra, anchors]. */
export function anchorsFault(
  head: AnchorScores,
  confThreshold: number,
  extras?: { readonly values: Float32Array; readonly what: string },
): string | undefined {
  if (!areFinite(head.scores)) return notFinite('scores');
  const anchors = head.boxes.length / 4;
  for (const { anchor } of candidatesOf(head, confThreshold)) {
    if (!isColumnFinite(head.boxes, anchor, anchors)) return notFinite('boxes');
    if (extras && !isColumnFinite(extras.values, anchor, anchors)) return notFinite(extras.what);
  }
  return undefined;
}

function isColumnFinite(rows: Float32Array, column: number, columns: number): boolean {
  for (let at = column; at < rows.length; at += columns) {
    if (!Number.isFinite(rows[at])) return false;
  }
  return true;
}
