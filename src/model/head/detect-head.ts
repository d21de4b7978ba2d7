import type { Detection, Xyxy } from '../../shared/run/detection.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { nonMaximumSuppression } from './nms.ts';

/** Thresholds as Ultralytics' `predict` has them: conf 0.25, iou 0.7, max_det 300 are its defaults. */
export interface DetectionRules {
  /** A box is kept when its score is above this. */
  readonly confThreshold: number;
  readonly iouThreshold: number;
  readonly maxDetections: number;
}

/** One image's part of the head's answer; anchors in the order of the model's output. */
export interface AnchorScores {
  /** [4, anchors]: cx, cy, w, h in input pixels. */
  readonly boxes: Float32Array;
  /** [anchors]: of the best class. */
  readonly scores: Float32Array;
  /** [anchors]; empty where the model knows one class. */
  readonly classIds: Int32Array;
}

/** Ultralytics' `max_nms`: at most so many boxes, the best, go into the suppression. */
const maxCandidates = 30_000;

/**
 * Detections of one image from the raw head: threshold, sort by score (equal scores in anchor order), suppression by class, then back
 * to original-image pixels. The rules are those of Ultralytics 8.4.190 `predict`.
 */
export function decodeAnchors(
  head: AnchorScores,
  geometry: LetterboxGeometry,
  rules: DetectionRules,
): Detection[] {
  const anchors = candidateAnchors(head.scores, rules.confThreshold);
  const boxes = cornersOf(head.boxes, head.scores.length, anchors);
  const scores = new Float32Array(anchors.length);
  const classes = new Int32Array(anchors.length);
  anchors.forEach((anchor, index) => {
    scores[index] = head.scores[anchor] ?? 0;
    classes[index] = head.classIds[anchor] ?? 0;
  });
  const { iouThreshold, maxDetections } = rules;
  const kept = nonMaximumSuppression({ boxes, scores, classes, iouThreshold, maxDetections });
  return kept.map((index) => ({
    box: scaleBox(boxes.subarray(index * 4, index * 4 + 4), geometry),
    score: scores[index] ?? 0,
    classId: classes[index] ?? 0,
  }));
}

/**
 * Detections of one image from a head with NMS in the graph: `rows` is [n, columns] flat: x1, y1, x2, y2 in input pixels, score, class, and what the
 * task adds; unused rows are zero. The file's own confidence and IoU thresholds were applied when it was exported; a higher `confThreshold` still counts.
 */
export function decodeRows(
  { rows, columns }: { readonly rows: Float32Array; readonly columns: number },
  geometry: LetterboxGeometry,
  rules: DetectionRules,
): Detection[] {
  const detections: Detection[] = [];
  for (let start = 0; start + columns <= rows.length; start += columns) {
    const score = rows[start + 4] ?? 0;
    if (!(score > rules.confThreshold)) continue;
    const box = scaleBox(rows.subarray(start, start + 4), geometry);
    detections.push({ box, score, classId: Math.round(rows[start + 5] ?? 0) });
  }
  return detections.sort((a, b) => b.score - a.score).slice(0, rules.maxDetections);
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

/**
 * A box in input pixels -> original-image pixels, clipped to the image: minus the padding, over the gain of each axis, which differ a little
 * because the resized sides are whole pixels (Ultralytics 8.4.190; older versions use one gain).
 */
function scaleBox(box: Float32Array, geometry: LetterboxGeometry): Xyxy {
  const { width, height, left, top } = geometry;
  const gainX = geometry.newWidth / width;
  const gainY = geometry.newHeight / height;
  const across = (x: number | undefined) => clamp(((x ?? 0) - left) / gainX, width);
  const down = (y: number | undefined) => clamp(((y ?? 0) - top) / gainY, height);
  return [across(box[0]), down(box[1]), across(box[2]), down(box[3])];
}

function clamp(value: number, limit: number): number {
  return Math.min(Math.max(value, 0), limit);
}
