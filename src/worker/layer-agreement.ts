import type { LetterboxGeometry } from '../shared/letterbox-geometry.ts';
import { contentCells, type GridMap, type GridSize } from './content-cells.ts';
import { weightedCorrelation } from './correlation.ts';
import { frameMap } from './frame-map.ts';

/** Mean correlation of all pairs of layers, brought to the finest grid among them; `undefined` when no pair has one. */
export function layerAgreement(
  layers: readonly GridMap[],
  geometry: LetterboxGeometry,
): number | undefined {
  const cellCount = ({ gridWidth, gridHeight }: GridSize) => gridWidth * gridHeight;
  const finest = layers.toSorted((a, b) => cellCount(b) - cellCount(a))[0];
  if (finest === undefined) return undefined;
  const maps = layers.map((layer) => onGrid(layer, geometry, finest));
  const { areas } = contentCells(geometry, finest);
  const correlations = maps.flatMap((a, i) =>
    maps.slice(i + 1).map((b) => weightedCorrelation(a, b, areas)),
  );
  const known = correlations.filter((one) => one !== undefined);
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
  return framed.map((value) => (Number.isNaN(value) ? 0 : value));
}
