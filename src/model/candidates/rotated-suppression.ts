/** A rotated box in input pixels. */
export interface RotatedCandidate {
  readonly centerX: number;
  readonly centerY: number;
  readonly width: number;
  readonly height: number;
  /** Radians. */
  readonly angle: number;
  readonly classId: number;
}

interface Gaussian {
  readonly x: number;
  readonly y: number;
  /** The covariance matrix [[a, c], [c, b]], and its determinant. */
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly determinant: number;
}

const epsilon = 1e-7;

/**
 * Suppression of rotated boxes by class. Boxes are Gaussians, and overlap is one minus their Hellinger distance (Llerena et al. 2021,
 * arXiv 2106.06072); as Fast NMS (YOLACT, arXiv 1904.02689), a box falls to any better one that overlaps it by more than `iouThreshold`,
 * even to one that has fallen itself. So does Ultralytics 8.4.190.
 *
 * @param boxes best first
 * @returns positions of the kept boxes, best first
 */
export function suppressRotated(
  boxes: readonly RotatedCandidate[],
  { iouThreshold, maxDetections }: { iouThreshold: number; maxDetections: number },
): number[] {
  const farthest = distanceOf(iouThreshold);
  const betterOfClass = new Map<number, Gaussian[]>();
  const kept: number[] = [];
  for (const [index, box] of boxes.entries()) {
    if (kept.length === maxDetections) break;
    const gaussian = gaussianOf(box);
    const better = betterOfClass.get(box.classId) ?? [];
    betterOfClass.set(box.classId, better);
    if (!better.some((other) => isNearer(other, gaussian, farthest))) kept.push(index);
    better.push(gaussian);
  }
  return kept;
}

/** The Bhattacharyya distance below which boxes overlap by more than `overlap`. */
function distanceOf(overlap: number): number {
  const hellinger = 1 - overlap;
  return -Math.log(1 + epsilon - hellinger * hellinger);
}

function gaussianOf({ centerX, centerY, width, height, angle }: RotatedCandidate): Gaussian {
  const along = (width * width) / 12;
  const across = (height * height) / 12;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const a = along * cos * cos + across * sin * sin;
  const b = along * sin * sin + across * cos * cos;
  const c = (along - across) * cos * sin;
  return { x: centerX, y: centerY, a, b, c, determinant: Math.max(a * b - c * c, 0) };
}

function isNearer(one: Gaussian, other: Gaussian, limit: number): boolean {
  const a = one.a + other.a;
  const b = one.b + other.b;
  const c = one.c + other.c;
  const x = one.x - other.x;
  const y = one.y - other.y;
  const determinant = a * b - c * c;
  const apart = (0.25 * (a * y * y + b * x * x) - 0.5 * c * x * y) / (determinant + epsilon);
  // Shapes that differ only add to it.
  if (!(apart < limit)) return false;
  const product = Math.sqrt(one.determinant * other.determinant);
  const unlike = 0.5 * Math.log(determinant / (4 * product + epsilon) + epsilon);
  return apart + unlike < limit;
}
