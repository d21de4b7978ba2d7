import type { LetterboxGeometry } from '../shared/letterbox-geometry.ts';
import { type ContentCells, contentCells, type GridMap, type GridSize } from './content-cells.ts';
import { frameMap } from './frame-map.ts';

/** A map with its weighted mean and the weighted sum of its squared deviations from it. */
interface CentredMap {
  readonly map: Float32Array;
  readonly mean: number;
  readonly squares: number;
}

/**
 * Mean Pearson correlation of all pairs of layers, brought to the finest grid among them, each cell weighted by its content area; in
 * [-1, 1]. A pair with a constant map, or with values that are not finite, has none; `undefined` when no pair has one.
 */
export function layerAgreement(
  layers: readonly GridMap[],
  geometry: LetterboxGeometry,
): number | undefined {
  const cellCount = ({ gridWidth, gridHeight }: GridSize) => gridWidth * gridHeight;
  const finest = layers.toSorted((a, b) => cellCount(b) - cellCount(a))[0];
  if (finest === undefined) return undefined;
  const cells = contentCells(geometry, finest);
  const maps = layers.map((layer) => centred(onGrid(layer, geometry, finest), cells));
  const correlations = maps.flatMap((a, i) =>
    maps.slice(i + 1).map((b) => correlation(a, b, cells)),
  );
  const known = correlations.filter(Number.isFinite);
  return known.length === 0 ? undefined : known.reduce((a, b) => a + b) / known.length;
}

function onGrid(layer: GridMap, geometry: LetterboxGeometry, size: GridSize): Float32Array {
  if (layer.gridWidth === size.gridWidth && layer.gridHeight === size.gridHeight) return layer.map;
  const framed = frameMap(layer.map, contentCells(geometry, layer), {
    across: { from: 0, to: layer.gridWidth },
    down: { from: 0, to: layer.gridHeight },
    width: size.gridWidth,
    height: size.gridHeight,
  });
  // NaN on padding, which has no weight; but NaN times 0 is NaN.
  for (let i = 0; i < framed.length; i++) if (Number.isNaN(framed[i])) framed[i] = 0;
  return framed;
}

/** Of the rows that hold content: the others have no weight. */
function centred(map: Float32Array, { areas, totalArea, rows, gridWidth }: ContentCells) {
  const start = rows.first * gridWidth;
  const end = rows.end * gridWidth;
  let sum = 0;
  for (let i = start; i < end; i++) sum += areas[i]! * map[i]!;
  const mean = sum / totalArea;
  let squares = 0;
  for (let i = start; i < end; i++) {
    const deviation = map[i]! - mean;
    squares += areas[i]! * deviation * deviation;
  }
  return { map, mean, squares };
}

/** NaN where a map is constant. */
function correlation(a: CentredMap, b: CentredMap, cells: ContentCells): number {
  const { areas, rows, gridWidth } = cells;
  const end = rows.end * gridWidth;
  const mapA = a.map;
  const mapB = b.map;
  const meanA = a.mean;
  const meanB = b.mean;
  let product = 0;
  for (let i = rows.first * gridWidth; i < end; i++) {
    product += areas[i]! * (mapA[i]! - meanA) * (mapB[i]! - meanB);
  }
  const value = product / Math.sqrt(a.squares * b.squares);
  return Number.isFinite(value) ? Math.min(1, Math.max(-1, value)) : Number.NaN;
}
