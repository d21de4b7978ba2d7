import { overlapEpsilon } from './iou-thresholds.ts';

const { fround } = Math;

/**
 * Intersection over union of boxes, [labels, candidates], in float32 at each step, as Ultralytics' `box_iou` computes it, so that what just reaches a threshold
 * there reaches it here.
 *
 * @param labels [labels, 4]: left, top, right, bottom
 * @param candidates [candidates, 4], in the same pixels
 */
export function boxOverlaps(labels: Float32Array, candidates: Float32Array): Float32Array {
  const across = candidates.length / 4;
  const overlaps = new Float32Array((labels.length / 4) * across);
  const areas = areasOf(candidates);
  const labelAreas = areasOf(labels);
  for (let label = 0; label < labelAreas.length; label++) {
    const at = 4 * label;
    const [left, top] = [labels[at]!, labels[at + 1]!];
    const [right, bottom] = [labels[at + 2]!, labels[at + 3]!];
    for (let j = 0; j < across; j++) {
      const i = 4 * j;
      const width = Math.min(right, candidates[i + 2]!) - Math.max(left, candidates[i]!);
      if (width <= 0) continue;
      const height = Math.min(bottom, candidates[i + 3]!) - Math.max(top, candidates[i + 1]!);
      if (height <= 0) continue;
      const inside = fround(fround(width) * fround(height));
      const all = fround(fround(labelAreas[label]! + areas[j]!) - inside);
      overlaps[label * across + j] = inside / fround(all + overlapEpsilon);
    }
  }
  return overlaps;
}

function areasOf(boxes: Float32Array): Float32Array {
  const areas = new Float32Array(boxes.length / 4);
  for (let i = 0, at = 0; i < areas.length; i++, at += 4) {
    areas[i] = fround(boxes[at + 2]! - boxes[at]!) * fround(boxes[at + 3]! - boxes[at + 1]!);
  }
  return areas;
}
