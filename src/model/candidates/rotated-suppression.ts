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
  const betterOfClass = new Map<number, Gaussians>();
  const kept: number[] = [];
  for (const [index, box] of boxes.entries()) {
    if (kept.length === maxDetections) break;
    const better = betterOfClass.get(box.classId) ?? new Gaussians();
    betterOfClass.set(box.classId, better);
    if (!better.addAndCompare(box, farthest)) kept.push(index);
  }
  return kept;
}

/** The Bhattacharyya distance below which boxes overlap by more than `overlap`. */
function distanceOf(overlap: number): number {
  const hellinger = 1 - overlap;
  return -Math.log(1 + epsilon - hellinger * hellinger);
}

/** Numbers of a Gaussian: its center x, y, its covariance matrix [[a, c], [c, b]], and the determinant of that. */
const numbers = 6;

/** Boxes of one class as Gaussians, in a row of memory: a box may be compared with thousands. */
class Gaussians {
  #values = new Float64Array(numbers * 64);
  #count = 0;

  /** Adds a box, and returns whether one that was added before is nearer than `limit`. */
  addAndCompare(box: RotatedCandidate, limit: number): boolean {
    const at = this.#add(box);
    const values = this.#values;
    const [x, y] = [values[at]!, values[at + 1]!];
    const [a, b, c] = [values[at + 2]!, values[at + 3]!, values[at + 4]!];
    const determinant = values[at + 5]!;
    for (let one = 0; one < at; one += numbers) {
      const shiftX = values[one]! - x;
      const shiftY = values[one + 1]! - y;
      const sumA = values[one + 2]! + a;
      const sumB = values[one + 3]! + b;
      const sumC = values[one + 4]! + c;
      const whole = sumA * sumB - sumC * sumC;
      const apart =
        (0.25 * (sumA * shiftY * shiftY + sumB * shiftX * shiftX) - 0.5 * sumC * shiftX * shiftY) /
        (whole + epsilon);
      // Shapes that differ only add to it.
      if (!(apart < limit)) continue;
      const product = Math.sqrt(values[one + 5]! * determinant);
      const unlike = 0.5 * Math.log(whole / (4 * product + epsilon) + epsilon);
      if (apart + unlike < limit) return true;
    }
    return false;
  }

  /** Returns where its numbers begin. */
  #add({ centerX, centerY, width, height, angle }: RotatedCandidate): number {
    const at = numbers * this.#count++;
    if (at === this.#values.length) {
      const more = new Float64Array(2 * at);
      more.set(this.#values);
      this.#values = more;
    }
    const along = (width * width) / 12;
    const across = (height * height) / 12;
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    const a = along * cos * cos + across * sin * sin;
    const b = along * sin * sin + across * cos * cos;
    const c = (along - across) * cos * sin;
    const values = this.#values;
    values[at] = centerX;
    values[at + 1] = centerY;
    values[at + 2] = a;
    values[at + 3] = b;
    values[at + 4] = c;
    values[at + 5] = Math.max(a * b - c * c, 0);
    return at;
  }
}
