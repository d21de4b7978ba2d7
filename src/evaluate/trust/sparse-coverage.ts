import type { ContentCells } from '../../maps/content-cells.ts';

/** The cells that a region covers at all, in reading order, and the share of each one's content, in (0, 1]. */
export interface SparseCoverage {
  readonly cells: Int32Array;
  readonly shares: Float32Array;
}

/** @param coverage [gridHeight, gridWidth], as `objectCoverage` gives it */
export function sparseCoverage(coverage: Float32Array): SparseCoverage {
  const cells: number[] = [];
  coverage.forEach((share, cell) => {
    if (share > 0) cells.push(cell);
  });
  return {
    cells: Int32Array.from(cells),
    shares: Float32Array.from(cells, (cell) => coverage[cell] ?? 0),
  };
}

/** Sum over the covered cells of what lies in them, by the share that is covered. */
export function insideOf(
  { cells, shares }: SparseCoverage,
  amounts: Float64Array | Float32Array,
): number {
  let sum = 0;
  for (let i = 0; i < cells.length; i++) sum += (amounts[cells[i] ?? 0] ?? 0) * (shares[i] ?? 0);
  return sum;
}

/** Sum of what lies in the cells where `union` does not reach, and their area in cells. */
export function outsideOf(
  union: Float32Array,
  amounts: Float64Array | Float32Array,
  { areas }: Pick<ContentCells, 'areas'>,
): { readonly amount: number; readonly area: number } {
  let [amount, area] = [0, 0];
  for (let cell = 0; cell < areas.length; cell++) {
    const free = 1 - (union[cell] ?? 0);
    amount += (amounts[cell] ?? 0) * free;
    area += (areas[cell] ?? 0) * free;
  }
  return { amount, area };
}
