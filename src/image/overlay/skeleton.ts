import type { Keypoint } from '../../shared/run/detection.ts';

/** COCO's 17 keypoints: nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles, left before right. */
const cocoKeypoints = 17;

/** Pairs of COCO's keypoints, counted from 0, that a limb connects: Ultralytics' skeleton. */
const cocoLimbs: readonly (readonly [number, number])[] = [
  ...([
    [15, 13],
    [13, 11],
    [16, 14],
    [14, 12],
    [11, 12],
    [5, 11],
    [6, 12],
    [5, 6],
  ] as const),
  ...([
    [5, 7],
    [6, 8],
    [7, 9],
    [8, 10],
    [1, 2],
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 4],
    [3, 5],
  ] as const),
  [4, 6],
];

/** Ultralytics' threshold for drawing. */
const leastVisibility = 0.25;

export interface Skeleton {
  readonly points: readonly Keypoint[];
  /** Both ends are among the points. */
  readonly limbs: readonly (readonly [Keypoint, Keypoint])[];
}

/**
 * What is drawn of an object's keypoints, as Ultralytics does: those with a visibility of 0.25 or more that lie inside the image (one on its
 * edge was cut off there, one at 0, 0 was never found), and limbs between them where the model has COCO's 17.
 */
export function visibleSkeleton(
  keypoints: readonly Keypoint[],
  { width, height }: { readonly width: number; readonly height: number },
): Skeleton {
  const visible = keypoints.map(
    ({ x, y, visibility }) =>
      visibility >= leastVisibility && x > 0 && x < width && y > 0 && y < height,
  );
  const pairs = keypoints.length === cocoKeypoints ? cocoLimbs : [];
  return {
    points: keypoints.filter((_, i) => visible[i]),
    limbs: pairs.flatMap(([a, b]) => {
      const [from, to] = [keypoints[a], keypoints[b]];
      return from && to && visible[a] && visible[b] ? [[from, to] as const] : [];
    }),
  };
}
