/** Cells of the grid on each side, which is at least so many pixels long. */
const side = 32;
const narrowest = 1e-3;

/** Where the centers of boxes lie. */
export interface Extent {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * The boxes of one class that suppression has kept, by the place of their centers on a grid, so that a box meets only the few that can overlap it enough. For an
 * overlap of t, the centers of two boxes are apart by less than (1 - t) / 2t of the width of either, and of the height: the union of their spans is less than w / t,
 * and all but t of it lies on one side of the shared span or the other.
 */
export class KeptBoxes {
  readonly #iouThreshold: number;
  readonly #extent: Extent;
  /** Cells a pixel, across and down. */
  readonly #across: number;
  readonly #down: number;
  /** [n, 5]: left, top, right, bottom, area. */
  readonly #values: Float32Array;
  /** By cell the box that was kept last, and by box the one kept before it in its cell; -1 for none. */
  readonly #last = new Int32Array(side * side).fill(-1);
  readonly #before: Int32Array;
  #count = 0;

  constructor(most: number, extent: Extent, iouThreshold: number) {
    this.#iouThreshold = iouThreshold;
    this.#extent = extent;
    this.#across = side / Math.max(extent.right - extent.left, narrowest);
    this.#down = side / Math.max(extent.bottom - extent.top, narrowest);
    this.#values = new Float32Array(5 * most);
    this.#before = new Int32Array(most);
  }

  clear(): void {
    if (this.#count > 0) this.#last.fill(-1);
    this.#count = 0;
  }

  /** Keeps the box at `at` of `boxes`, unless a kept one overlaps it by more than the threshold; returns whether it is kept. */
  offer(boxes: Float32Array, at: number): boolean {
    const width = Math.fround(boxes[at + 2]! - boxes[at]!);
    const height = Math.fround(boxes[at + 3]! - boxes[at + 1]!);
    const area = Math.fround(width * height);
    // It shares nothing with any other, or so little of its endless area that it counts as nothing.
    if (!(width > 0 && height > 0 && area < Number.POSITIVE_INFINITY)) return true;
    const { left, top } = this.#extent;
    const x = (boxes[at]! + boxes[at + 2]!) / 2 - left;
    const y = (boxes[at + 1]! + boxes[at + 3]!) / 2 - top;
    const reachX = this.#reach(x + left, width);
    const reachY = this.#reach(y + top, height);
    const lastColumn = cellOf((x + reachX) * this.#across);
    const lastRow = cellOf((y + reachY) * this.#down);
    const firstColumn = cellOf((x - reachX) * this.#across);
    for (let row = cellOf((y - reachY) * this.#down); row <= lastRow; row++) {
      for (let column = firstColumn; column <= lastColumn; column++) {
        const last = this.#last[row * side + column]!;
        if (last >= 0 && this.#isOverlapped(boxes, at, area, last)) return false;
      }
    }
    this.#add(boxes, at, area, cellOf(y * this.#down) * side + cellOf(x * this.#across));
    return true;
  }

  #add(boxes: Float32Array, at: number, area: number, cell: number): void {
    const index = this.#count++;
    for (let i = 0; i < 4; i++) this.#values[5 * index + i] = boxes[at + i]!;
    this.#values[5 * index + 4] = area;
    this.#before[index] = this.#last[cell]!;
    this.#last[cell] = index;
  }

  /** How far the center of a box can lie that overlaps this one enough, and a little more than rounding can do. */
  #reach(center: number, size: number): number {
    const rounding = 1e-5 * (Math.abs(center) + size) + 1e-6;
    return ((1 - this.#iouThreshold) / (2 * this.#iouThreshold)) * size * 1.01 + rounding;
  }

  /** By `last` or a box before it in its cell. Float32 throughout, as torchvision's nms computes. */
  #isOverlapped(boxes: Float32Array, at: number, area: number, last: number): boolean {
    const [values, before, iouThreshold] = [this.#values, this.#before, this.#iouThreshold];
    const left = boxes[at]!;
    const top = boxes[at + 1]!;
    const right = boxes[at + 2]!;
    const bottom = boxes[at + 3]!;
    for (let other = last; other >= 0; other = before[other]!) {
      const start = 5 * other;
      const width = Math.fround(
        Math.min(right, values[start + 2]!) - Math.max(left, values[start]!),
      );
      const height = Math.fround(
        Math.min(bottom, values[start + 3]!) - Math.max(top, values[start + 1]!),
      );
      if (!(width > 0 && height > 0)) continue;
      const shared = Math.fround(width * height);
      const union = Math.fround(Math.fround(values[start + 4]! + area) - shared);
      if (Math.fround(shared / union) > iouThreshold) return true;
    }
    return false;
  }
}

function cellOf(position: number): number {
  return Math.min(Math.max(Math.floor(position), 0), side - 1);
}
