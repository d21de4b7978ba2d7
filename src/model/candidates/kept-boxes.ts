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
  /** [n, 5]: left, top, right, bottom, area. */
  readonly #values: Float32Array;
  /** By cell the box that was kept last, and by box the one kept before it in its cell; -1 for none. */
  readonly #last = new Int32Array(side * side).fill(-1);
  readonly #before: Int32Array;
  #count = 0;

  constructor(most: number, extent: Extent, iouThreshold: number) {
    this.#iouThreshold = iouThreshold;
    this.#extent = extent;
    this.#values = new Float32Array(5 * most);
    this.#before = new Int32Array(most);
  }

  clear(): void {
    if (this.#count > 0) this.#last.fill(-1);
    this.#count = 0;
  }

  /** Keeps the box at `at` of `boxes`, unless a kept one overlaps it by more than the threshold; returns whether it is kept. */
  offer(boxes: Float32Array, at: number): boolean {
    const [left, top] = [boxes[at]!, boxes[at + 1]!];
    const [right, bottom] = [boxes[at + 2]!, boxes[at + 3]!];
    const [width, height] = [Math.fround(right - left), Math.fround(bottom - top)];
    const area = Math.fround(width * height);
    // It shares nothing with any other, or so little of its endless area that it counts as nothing.
    if (!(width > 0 && height > 0 && area < Number.POSITIVE_INFINITY)) return true;
    const columns = this.#cells((left + right) / 2, width, 'x');
    const rows = this.#cells((top + bottom) / 2, height, 'y');
    const box = { left, top, right, bottom, area };
    for (let row = rows.first; row <= rows.last; row++) {
      for (let column = columns.first; column <= columns.last; column++) {
        if (this.#isOverlapped(box, this.#last[row * side + column]!)) return false;
      }
    }
    this.#add(box, rows.own * side + columns.own);
    return true;
  }

  #add({ left, top, right, bottom, area }: Extent & { readonly area: number }, cell: number): void {
    const index = this.#count++;
    this.#values.set([left, top, right, bottom, area], 5 * index);
    this.#before[index] = this.#last[cell]!;
    this.#last[cell] = index;
  }

  /** Cells in which centers can lie that are near enough, wider than needed by what rounding can do. */
  #cells(center: number, size: number, axis: 'x' | 'y') {
    const { left, right, top, bottom } = this.#extent;
    const [start, end] = axis === 'x' ? [left, right] : [top, bottom];
    const perCell = side / Math.max(end - start, narrowest);
    const rounding = 1e-5 * (Math.abs(center) + size) + 1e-6;
    const reach = ((1 - this.#iouThreshold) / (2 * this.#iouThreshold)) * size * 1.01 + rounding;
    const cellOf = (position: number) =>
      Math.min(Math.max(Math.floor((position - start) * perCell), 0), side - 1);
    return { own: cellOf(center), first: cellOf(center - reach), last: cellOf(center + reach) };
  }

  /** By `index` or a box before it in its cell. Float32 throughout, as torchvision's nms computes. */
  #isOverlapped(
    { left, top, right, bottom, area }: Extent & { readonly area: number },
    index: number,
  ): boolean {
    const values = this.#values;
    for (let other = index; other >= 0; other = this.#before[other]!) {
      const at = 5 * other;
      const width = Math.fround(Math.min(right, values[at + 2]!) - Math.max(left, values[at]!));
      const height = Math.fround(
        Math.min(bottom, values[at + 3]!) - Math.max(top, values[at + 1]!),
      );
      if (!(width > 0 && height > 0)) continue;
      const shared = Math.fround(width * height);
      const union = Math.fround(Math.fround(values[at + 4]! + area) - shared);
      if (Math.fround(shared / union) > this.#iouThreshold) return true;
    }
    return false;
  }
}
