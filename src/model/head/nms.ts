export interface NmsInputs {
  /** [n, 4] flat: left, top, right, bottom. */
  readonly boxes: Float32Array;
  /** [n], best first. */
  readonly scores: Float32Array;
  /** [n] */
  readonly classes: Int32Array;
  /** A box that overlaps a better one of its class by more than this is dropped. */
  readonly iouThreshold: number;
  readonly maxDetections: number;
}

/** Ultralytics' `max_wh`: boxes of different classes are moved this far apart, in pixels, so that one pass serves all classes. */
export const classOffset = 7680;

/**
 * Greedy non-maximum suppression by class. Returns the kept positions, best first. Arithmetic in float32 as in torchvision's nms, which
 * the reference predictions went through: an IoU right at the threshold must fall on the same side.
 */
export function nonMaximumSuppression(inputs: NmsInputs): number[] {
  const { scores, iouThreshold, maxDetections } = inputs;
  const boxes = apartByClass(inputs.boxes, inputs.classes);
  const areas = areasOf(boxes);
  const suppressed = new Uint8Array(scores.length);
  const kept: number[] = [];
  for (let i = 0; i < scores.length && kept.length < maxDetections; i++) {
    if (suppressed[i] !== 0) continue;
    kept.push(i);
    for (let j = i + 1; j < scores.length; j++) {
      if (suppressed[j] === 0 && overlap(boxes, areas, i, j) > iouThreshold) suppressed[j] = 1;
    }
  }
  return kept;
}

function apartByClass(boxes: Float32Array, classes: Int32Array): Float32Array {
  return boxes.map((value, index) => value + (classes[index >> 2] ?? 0) * classOffset);
}

function areasOf(boxes: Float32Array): Float32Array {
  return Float32Array.from({ length: boxes.length / 4 }, (_, i) => {
    const width = Math.fround(boxes[i * 4 + 2]! - boxes[i * 4]!);
    return width * Math.fround(boxes[i * 4 + 3]! - boxes[i * 4 + 1]!);
  });
}

/** Intersection over union of boxes i and j. */
function overlap(boxes: Float32Array, areas: Float32Array, i: number, j: number): number {
  const a = i * 4;
  const b = j * 4;
  const width = Math.fround(
    Math.min(boxes[a + 2]!, boxes[b + 2]!) - Math.max(boxes[a]!, boxes[b]!),
  );
  const height = Math.fround(
    Math.min(boxes[a + 3]!, boxes[b + 3]!) - Math.max(boxes[a + 1]!, boxes[b + 1]!),
  );
  if (!(width > 0 && height > 0)) return 0;
  const shared = Math.fround(width * height);
  return Math.fround(shared / Math.fround(Math.fround(areas[i]! + areas[j]!) - shared));
}
