import { overlapEpsilon } from './iou-thresholds.ts';

const { fround } = Math;

/** A rotated box as a Gaussian: its center, its covariance [[a, c], [c, b]], and the determinant of that, not below 0. */
interface Gaussian {
  readonly x: number;
  readonly y: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly determinant: number;
}

/**
 * Similarity of rotated boxes, [labels, candidates]: 1 minus the Hellinger distance of the Gaussians that have their covariances (Murrugarra-Llerena et al. 2021,
 * arXiv:2106.06072), in float32 as Ultralytics' `batch_probiou`, by which its `val` matches. It only resembles intersection over union.
 *
 * @param labels [labels, 5]: center x, center y, width, height, angle
 * @param candidates [candidates, 5], in the same pixels
 */
export function rotatedOverlaps(labels: Float32Array, candidates: Float32Array): Float32Array {
  const others = gaussians(candidates);
  const overlaps = new Float32Array((labels.length / 5) * others.length);
  for (const [label, one] of gaussians(labels).entries()) {
    for (const [j, other] of others.entries()) {
      overlaps[label * others.length + j] = similarity(one, other);
    }
  }
  return overlaps;
}

function gaussians(boxes: Float32Array): Gaussian[] {
  return Array.from({ length: boxes.length / 5 }, (_, i) => {
    const [x = 0, y = 0, width = 0, height = 0, angle = 0] = boxes.subarray(5 * i, 5 * i + 5);
    const [along, across] = [
      fround(fround(width * width) / 12),
      fround(fround(height * height) / 12),
    ];
    const [cos, sin] = [fround(Math.cos(angle)), fround(Math.sin(angle))];
    const [cos2, sin2] = [fround(cos * cos), fround(sin * sin)];
    const a = fround(fround(along * cos2) + fround(across * sin2));
    const b = fround(fround(along * sin2) + fround(across * cos2));
    const c = fround(fround(fround(along - across) * cos) * sin);
    const determinant = Math.max(fround(fround(a * b) - fround(c * c)), 0);
    return { x, y, a, b, c, determinant };
  });
}

/** Bhattacharyya's distance, and Hellinger's of that. */
function similarity(one: Gaussian, other: Gaussian): number {
  const [a, b, c] = [fround(one.a + other.a), fround(one.b + other.b), fround(one.c + other.c)];
  const [x, y] = [fround(other.x - one.x), fround(one.y - other.y)];
  const determinant = fround(fround(a * b) - fround(c * c));
  const guarded = fround(determinant + overlapEpsilon);
  const apart = fround(fround(a * fround(y * y)) + fround(b * fround(x * x)));
  const t1 = fround(fround(apart / guarded) * 0.25);
  const t2 = fround(fround(fround(fround(c * x) * y) / guarded) * 0.5);
  const root = fround(Math.sqrt(fround(one.determinant * other.determinant)));
  const ratio = fround(determinant / fround(fround(4 * root) + overlapEpsilon));
  const t3 = fround(fround(Math.log(fround(ratio + overlapEpsilon))) * 0.5);
  const distance = Math.min(Math.max(fround(fround(t1 + t2) + t3), overlapEpsilon), 100);
  const squared = fround(fround(1 - fround(Math.exp(-distance))) + overlapEpsilon);
  return fround(1 - fround(Math.sqrt(squared)));
}
