import { sumProducts } from '../../kernels/map-sums.ts';
import type { ContentCells } from '../../maps/content-cells.ts';

/** A map of which the weighted spread is known. */
interface SpreadMap {
  readonly map: Float32Array;
  /** The value that sums are taken around: one of the map's, so that sums of a constant map are exactly 0. */
  readonly shift: number;
  /** Weighted sum of map - shift. */
  readonly sum: number;
  /** Weighted sum of the squared deviations from the weighted mean; 0 for a constant map. */
  readonly squares: number;
}

/** Below this share of their square, deviations are rounding noise of float32. */
const constantShare = 1e-12;

/**
 * Mean Pearson correlation of all pairs of maps on one grid, each cell weighted by its content area; in [-1, 1]. A pair with a constant
 * map, or with values that are not finite, has none; `undefined` when no pair has one.
 */
export function layerAgreement(
  layers: readonly Float32Array[],
  cells: ContentCells,
): number | undefined {
  const maps: SpreadMap[] = [];
  let sum = 0;
  let pairs = 0;
  for (const layer of layers) {
    const spread = spreadOf(layer, cells);
    for (const other of maps) {
      const value = correlation(spread, other, cells);
      if (!Number.isFinite(value)) continue;
      sum += value;
      pairs++;
    }
    maps.push(spread);
  }
  return pairs === 0 ? undefined : sum / pairs;
}

function spreadOf(map: Float32Array, cells: ContentCells): SpreadMap {
  const { columns, rows, gridWidth, totalArea } = cells;
  const shift = map[rows.first * gridWidth + columns.first] ?? 0;
  const { sum, products } = sumProducts({ map, shift }, { map, shift }, cells.areas);
  const squares = products - (sum * sum) / totalArea;
  return { map, shift, sum, squares: squares > constantShare * products ? squares : 0 };
}

/** NaN where a map is constant. */
function correlation(a: SpreadMap, b: SpreadMap, cells: ContentCells): number {
  const { products } = sumProducts(a, b, cells.areas);
  const covariance = products - (a.sum * b.sum) / cells.totalArea;
  const value = covariance / Math.sqrt(a.squares * b.squares);
  return Number.isFinite(value) ? Math.min(1, Math.max(-1, value)) : Number.NaN;
}
