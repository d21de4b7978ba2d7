import { overlapEpsilon } from './iou-thresholds.ts';

const { fround } = Math;

/** COCO's, of nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles. */
const cocoSigmas = [
  ...[0.26, 0.25, 0.25, 0.35, 0.35, 0.79, 0.79, 0.72, 0.72],
  ...[0.62, 0.62, 1.07, 1.07, 0.87, 0.87, 0.89, 0.89],
];

/** How far people disagree about each point, as a share of the object's size: COCO's for its 17, else 1 / points, as Ultralytics takes them. */
export function keypointSigmas(points: number): Float32Array {
  if (points === cocoSigmas.length) {
    return Float32Array.from(cocoSigmas, (sigma) => fround(sigma) / 10);
  }
  return new Float32Array(points).fill(1 / points);
}

/**
 * What a shape of keypoints says where no sigmas are given, as `val` takes it: COCO's 17 are those with visibility, so 17 without it have 1 / 17 each. `undefined` where the number of
 * points tells (`keypointSigmas`).
 *
 * @param shape [points, numbers of each]
 */
export function sigmasOfShape(
  shape: readonly [number, number] | undefined,
): readonly number[] | undefined {
  const [points, numbers] = shape ?? [];
  return points === 17 && numbers === 2 ? new Array<number>(17).fill(1 / 17) : undefined;
}

export interface KeypointLabels {
  /** [labels, points, 3]: x, y, visibility; a point of visibility 0 is not asked for. */
  readonly keypoints: Float32Array;
  /** [labels]: of the object, in square pixels. */
  readonly areas: Float32Array;
}

/** `val` takes this part of a label's box as the area of the person in it. */
export const bodyPart = 0.53;

/**
 * Object keypoint similarity, [labels, candidates]: the mean over a label's points of exp(-d^2 / (2 area (2 sigma)^2)), as Ultralytics' `kpt_iou`; 0 for a
 * label without any point.
 *
 * @param candidates [candidates, points, 3], in the same pixels
 * @param sigmas [points], where the dataset has its own; of another number of points they say nothing
 */
export function keypointOverlaps(
  { keypoints, areas }: KeypointLabels,
  candidates: Float32Array,
  points: number,
  sigmas?: readonly number[],
): Float32Array {
  const across = candidates.length / (3 * points);
  const overlaps = new Float32Array(areas.length * across);
  const used = sigmas?.length === points ? Float32Array.from(sigmas) : keypointSigmas(points);
  const spreads = used.map((sigma) => fround(2 * sigma) ** 2);
  for (const [label, area] of areas.entries()) {
    const size = fround(area + overlapEpsilon);
    const scales = spreads.map((spread) => fround(fround(spread * size) * 2));
    const wanted = keypoints.subarray(3 * points * label, 3 * points * (label + 1));
    for (let j = 0; j < across; j++) {
      const found = candidates.subarray(3 * points * j, 3 * points * (j + 1));
      overlaps[label * across + j] = similarity(wanted, found, scales);
    }
  }
  return overlaps;
}

function similarity(wanted: Float32Array, found: Float32Array, scales: Float32Array): number {
  let [sum, count] = [0, 0];
  for (let point = 0; point < scales.length; point++) {
    const at = 3 * point;
    if (wanted[at + 2] === 0) continue;
    const [x, y] = [fround(wanted[at]! - found[at]!), fround(wanted[at + 1]! - found[at + 1]!)];
    const squared = fround(fround(x * x) + fround(y * y));
    sum = fround(sum + fround(Math.exp(-fround(squared / scales[point]!))));
    count += 1;
  }
  return sum / fround(count + overlapEpsilon);
}
