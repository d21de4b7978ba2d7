import type { PlacedRegion } from './region-energy.ts';

/** The cells of a map that no object of its class covers by half or more. */
export interface FreeCells {
  /** [gridHeight * gridWidth]: the map. */
  readonly map: Float32Array;
  readonly isFree: (cell: number) => boolean;
  /** Their values above 0, ascending. */
  readonly values: Float32Array;
}

export interface RanksInRegion {
  readonly pointed: boolean;
  readonly relevanceRank: number;
}

/** @param union share of each cell that the objects of the class cover */
export function freeCells(map: Float32Array, union: Float32Array, areas: Float64Array): FreeCells {
  const isFree = (cell: number) => (areas[cell] ?? 0) > 0 && (union[cell] ?? 0) < 0.5;
  const values = new Float32Array(map.length);
  let count = 0;
  for (let cell = 0; cell < map.length; cell++) {
    const value = map[cell] ?? 0;
    if (value > 0 && isFree(cell)) values[count++] = value;
  }
  return { map, isFree, values: values.slice(0, count).sort() };
}

/**
 * The pointing game (Zhang et al. 2016, 1608.00507) and relevance rank accuracy (Arras et al. 2022, 2003.07258) of one region. Its cells are those that it covers at least
 * half as much as the one it covers most, so that an object smaller than a cell has one; cells that it covers less lie on its edge and count for neither side. They
 * are compared with the free cells; one of those with the same value goes before.
 *
 * - `pointed`: its greatest value is above 0 and above that of every free cell.
 * - `relevanceRank`: of k cells, the part that is among the k greatest of its own and the free ones, and above 0.
 */
export function ranksInRegion({ own }: PlacedRegion, free: FreeCells): RanksInRegion | undefined {
  const { map, isFree, values } = free;
  let most = 0;
  for (let i = 0; i < own.shares.length; i++) most = Math.max(most, own.shares[i] ?? 0);
  if (!(most > 0)) return undefined;
  const sorted = valuesWhere(map, own.cells, (_, i) => (own.shares[i] ?? 0) >= most / 2).reverse();
  const ownFree = valuesWhere(map, own.cells, isFree);
  const freeFrom = (value: number) => countFrom(values, value) - countFrom(ownFree, value);
  let among = 0;
  for (let before = 0; before < sorted.length; before++) {
    const value = sorted[before] ?? 0;
    if (value > 0 && freeFrom(value) + before < sorted.length) among += 1;
  }
  const [greatest = 0] = sorted;
  return {
    pointed: greatest > 0 && freeFrom(greatest) === 0,
    relevanceRank: among / sorted.length,
  };
}

/** What lies in some of the cells, ascending. */
function valuesWhere(
  map: Float32Array,
  cells: Int32Array,
  isWanted: (cell: number, index: number) => boolean,
): Float32Array {
  const found = new Float32Array(cells.length);
  let count = 0;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] ?? 0;
    if (isWanted(cell, i)) found[count++] = map[cell] ?? 0;
  }
  return found.subarray(0, count).sort();
}

/** How many are not below `value`. */
function countFrom(ascending: Float32Array, value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return ascending.length - low;
}
