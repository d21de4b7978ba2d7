import { NearbyGaussians, type RotatedCandidate, smallest } from './nearby-gaussians.ts';

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
  const betterOfClass = new Map<number, NearbyGaussians>();
  const kept: number[] = [];
  for (const [index, box] of boxes.entries()) {
    if (kept.length === maxDetections) break;
    const better = betterOfClass.get(box.classId) ?? new NearbyGaussians(farthest);
    betterOfClass.set(box.classId, better);
    if (!better.addAndCompare(box)) kept.push(index);
  }
  return kept;
}

/** The Bhattacharyya distance below which boxes overlap by more than `overlap`. */
function distanceOf(overlap: number): number {
  const hellinger = 1 - overlap;
  return -Math.log(1 + smallest - hellinger * hellinger);
}
