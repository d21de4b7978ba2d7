import { candidateRules } from '../../shared/run/candidates.ts';
import { areFinite } from '../../shared/statistics/are-finite.ts';
import { bestFirst, type ScoredClasses } from './best-first.ts';
import { suppressBoxes } from './suppress-boxes.ts';

/** An answer of anchors before suppression: [4, anchors] boxes as cx, cy, w, h, and [classes, anchors] scores. */
export interface AnchorAnswer {
  readonly boxes: Float32Array;
  readonly scores: Float32Array;
  /** [n, anchors]: the other numbers that a candidate is stored with. */
  readonly extras?: Float32Array;
}

/** Chosen classes of anchors, best first. */
export interface KeptCandidates extends ScoredClasses {
  /** [n, 4]: left, top, right, bottom. */
  readonly boxes: Float32Array;
  /** Left out because an image keeps so many at most. */
  readonly cut: number;
}

/**
 * What Ultralytics' `val` keeps of an image (8.4.190 `utils/nms.py` `non_max_suppression` with `multi_label`): every class of an anchor above the threshold, the best of
 * them, suppression within each class, then the first `maxDetections` over all classes. A candidate whose numbers are not finite is left out.
 */
export function keptCandidates(answer: AnchorAnswer, maxDetections: number): KeptCandidates {
  const { confThreshold, iouThreshold } = candidateRules;
  const found = finiteClasses(answer, confThreshold);
  const boxes = cornersOf(answer.boxes, found.anchors);
  const kept = suppressBoxes({ boxes, classIds: found.classIds }, iouThreshold);
  const chosen = kept.subarray(0, maxDetections);
  return {
    ...chosenClasses(found, chosen),
    boxes: chosenRows(boxes, 4, chosen),
    cut: kept.length - chosen.length,
  };
}

/** Classes above the threshold, best first, of anchors whose numbers are finite. */
export function finiteClasses(answer: AnchorAnswer, confThreshold: number): ScoredClasses {
  const { boxes, scores, extras } = answer;
  const anchors = boxes.length / 4;
  const most = candidateRules.mostBeforeSuppression;
  const found = bestFirst(scores, anchors, { confThreshold, most });
  if (areFinite(boxes) && (extras === undefined || areFinite(extras))) return found;
  const usable = Int32Array.from(found.anchors.keys()).filter((index) => {
    const anchor = found.anchors[index]!;
    return [boxes, extras].every((rows) => rows === undefined || isFiniteAt(rows, anchor, anchors));
  });
  return chosenClasses(found, usable);
}

function isFiniteAt(rows: Float32Array, column: number, columns: number): boolean {
  return areFinite(columnOf(rows, column, columns));
}

/** What an answer of rows says of one anchor. */
export function columnOf(rows: Float32Array, column: number, columns: number): Float32Array {
  return Float32Array.from(
    { length: rows.length / columns },
    (_, row) => rows[row * columns + column]!,
  );
}

/** What an answer of rows says of each of the anchors: [anchors, rows]. */
export function columnsOf(rows: Float32Array, anchors: Int32Array, columns: number): Float32Array {
  const size = rows.length / columns;
  const chosen = new Float32Array(anchors.length * size);
  anchors.forEach((anchor, index) => {
    for (let row = 0; row < size; row++) {
      chosen[index * size + row] = rows[row * columns + anchor]!;
    }
  });
  return chosen;
}

export function chosenClasses(
  { anchors, classIds, scores }: ScoredClasses,
  chosen: Int32Array,
): ScoredClasses {
  return {
    anchors: chosen.map((index) => anchors[index]!),
    classIds: chosen.map((index) => classIds[index]!),
    scores: chosenRows(scores, 1, chosen),
  };
}

function chosenRows(rows: Float32Array, size: number, chosen: Int32Array): Float32Array {
  const found = new Float32Array(chosen.length * size);
  chosen.forEach((index, at) => {
    found.set(rows.subarray(index * size, (index + 1) * size), at * size);
  });
  return found;
}

/** [n, 4]: left, top, right, bottom, in float32. */
function cornersOf(boxes: Float32Array, anchors: Int32Array): Float32Array {
  const corners = new Float32Array(4 * anchors.length);
  const count = boxes.length / 4;
  anchors.forEach((anchor, index) => {
    for (const axis of [0, 1]) {
      const center = boxes[axis * count + anchor]!;
      const half = Math.fround(boxes[(axis + 2) * count + anchor]! / 2);
      corners[4 * index + axis] = center - half;
      corners[4 * index + axis + 2] = center + half;
    }
  });
  return corners;
}
