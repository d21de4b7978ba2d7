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

/** As Ultralytics, against divisions by 0; no distance is below. */
export const smallest = 1e-7;

/** Numbers of a Gaussian: its center x, y, its covariance matrix [[a, c], [c, b]], and the determinant of that. */
const numbers = 6;

/** From here on `smallest` and rounding change a distance by less than a hundredth. */
const leastDeterminant = 1e-2;
const leastVariance = 1e-6;
const mostElongated = 1e8;
const margin = 1.01;
/** What `smallest` takes at most from a distance of two that are not almost lines or points, and of any two. */
const littleLess = 1e-5;
const muchLess = -0.5 * Math.log(smallest);

/** Gaussians whose greatest variances are within a factor of 4, by the place of their centers. */
interface Level {
  /** The last one of a cell, by its column and row. */
  readonly cells: Map<string, number>;
  readonly cellSize: number;
  /** Above the greatest variance of any of them. */
  readonly variance: number;
}

/**
 * Rotated boxes of one class as Gaussians, in a row of memory, and on grids by their size, so that a box meets only the few that can be near it. The Bhattacharyya distance
 * is s^T (A + B)^-1 s / 4, for centers apart by s, plus half the logarithm of the product of (1 + m) / 2 sqrt(m) over the two eigenvalues m of A^-1 B. Neither part is below 0,
 * nor is a factor of that product below 1, so the greatest variances of two near ones differ by a bounded factor, and |s|^2 is below four times the limit times the sum of both.
 */
export class NearbyGaussians {
  readonly #limit: number;
  /** Greatest variances of two near ones differ by less than this factor. */
  readonly #mostUnlike: number;
  #values = new Float64Array(numbers * 64);
  /** The one added before in the same cell; -1 for none. */
  #before = new Int32Array(64);
  #count = 0;
  readonly #levels = new Map<number, Level>();
  /** Almost lines or points: compared with all. */
  readonly #irregular: number[] = [];

  /** @param limit the distance below which two are near */
  constructor(limit: number) {
    this.#limit = limit;
    const most = Math.exp(2 * Math.max(limit, 0)) * margin;
    this.#mostUnlike = (most + Math.sqrt(most * most - 1)) ** 2;
  }

  /** Adds a box, and returns whether one that was added before is nearer than the limit. */
  addAndCompare(box: RotatedCandidate): boolean {
    const index = this.#add(box);
    const variance = this.#greatestVariance(index);
    const near = variance === undefined ? this.#isNearAny(index) : this.#isNear(index, variance);
    if (variance === undefined) this.#irregular.push(index);
    else this.#place(index, variance);
    return near;
  }

  /** `undefined` of an irregular one. */
  #greatestVariance(index: number): number | undefined {
    const [, , a = 0, b = 0, c = 0, determinant = 0] = this.#values.subarray(numbers * index);
    const greatest = (a + b) / 2 + Math.sqrt(((a - b) / 2) ** 2 + c * c);
    const least = determinant / greatest;
    const isRegular =
      determinant >= leastDeterminant &&
      least >= leastVariance &&
      greatest <= mostElongated * least;
    return isRegular ? greatest : undefined;
  }

  #isNearAny(index: number): boolean {
    for (let other = 0; other < index; other++) if (this.#areNear(other, index)) return true;
    return false;
  }

  #isNear(index: number, variance: number): boolean {
    if (this.#irregular.some((other) => this.#areNear(other, index))) return true;
    for (const level of this.#levels.values()) {
      if (level.variance * this.#mostUnlike < variance) continue;
      if (level.variance > 5 * this.#mostUnlike * variance) continue;
      if (this.#isNearInLevel(index, level, this.#reach(variance + level.variance))) return true;
    }
    return false;
  }

  /** How far the centers of two are apart at most, by the sum of their greatest variances. */
  #reach(variances: number): number {
    return Math.sqrt(4 * margin * (Math.max(this.#limit, 0) + littleLess) * variances);
  }

  #isNearInLevel(index: number, { cells, cellSize }: Level, reach: number): boolean {
    const [x, y] = [this.#values[numbers * index]!, this.#values[numbers * index + 1]!];
    const [left, right] = [Math.floor((x - reach) / cellSize), Math.floor((x + reach) / cellSize)];
    const [top, bottom] = [Math.floor((y - reach) / cellSize), Math.floor((y + reach) / cellSize)];
    if (!((right - left + 1) * (bottom - top + 1) < cells.size)) {
      for (const last of cells.values()) if (this.#isNearInCell(index, last)) return true;
      return false;
    }
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        if (this.#isNearInCell(index, cells.get(`${column} ${row}`) ?? -1)) return true;
      }
    }
    return false;
  }

  #isNearInCell(index: number, last: number): boolean {
    for (let other = last; other >= 0; other = this.#before[other]!) {
      if (this.#areNear(other, index)) return true;
    }
    return false;
  }

  #areNear(one: number, other: number): boolean {
    const [values, limit] = [this.#values, this.#limit];
    const [from, to] = [numbers * one, numbers * other];
    const shiftX = values[from]! - values[to]!;
    const shiftY = values[from + 1]! - values[to + 1]!;
    const sumA = values[from + 2]! + values[to + 2]!;
    const sumB = values[from + 3]! + values[to + 3]!;
    const sumC = values[from + 4]! + values[to + 4]!;
    const whole = sumA * sumB - sumC * sumC;
    const apart =
      (0.25 * (sumA * shiftY * shiftY + sumB * shiftX * shiftX) - 0.5 * sumC * shiftX * shiftY) /
      (whole + smallest);
    if (!(apart < limit + muchLess)) return false;
    const product = Math.sqrt(values[from + 5]! * values[to + 5]!);
    const unlike = 0.5 * Math.log(whole / (4 * product + smallest) + smallest);
    return Math.max(apart + unlike, smallest) < limit;
  }

  #place(index: number, variance: number): void {
    const key = Math.floor(Math.log2(variance) / 2);
    // The logarithm is rounded.
    const most = 4 ** (key + 1) * margin;
    const cellSize = Math.max(this.#reach(2 * most), smallest);
    const level = this.#levels.get(key) ?? { cells: new Map(), cellSize, variance: most };
    this.#levels.set(key, level);
    const [x, y] = [this.#values[numbers * index]!, this.#values[numbers * index + 1]!];
    const cell = `${Math.floor(x / level.cellSize)} ${Math.floor(y / level.cellSize)}`;
    this.#before[index] = level.cells.get(cell) ?? -1;
    level.cells.set(cell, index);
  }

  #add({ centerX, centerY, width, height, angle }: RotatedCandidate): number {
    const index = this.#count++;
    if (index === this.#before.length) this.#grow(2 * index);
    const along = (width * width) / 12;
    const across = (height * height) / 12;
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    const a = along * cos * cos + across * sin * sin;
    const b = along * sin * sin + across * cos * cos;
    const c = (along - across) * cos * sin;
    const determinant = Math.max(a * b - c * c, 0);
    this.#values.set([centerX, centerY, a, b, c, determinant], numbers * index);
    return index;
  }

  #grow(most: number): void {
    const [values, before] = [new Float64Array(numbers * most), new Int32Array(most)];
    values.set(this.#values);
    before.set(this.#before);
    [this.#values, this.#before] = [values, before];
  }
}
