import type { GridMap, GridSize } from '../../maps/content-cells.ts';
import { fuseMaps, type LayerMap } from '../../maps/fusion.ts';
import { gridMask } from '../../maps/grid-mask.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { ExplainOptions } from '../../shared/run/run-spec.ts';

/** A layer's first component as it is stored: signed, on the layer's own grid for the image. */
export interface StoredLayer extends GridSize {
  readonly map: Float32Array;
  /** `explained_variance_*` of the row; 0 where it has none. */
  readonly explainedVariance: number;
}

/** The fused map of an image, from its stored layers, as the run made it from finer numbers; `undefined` without layers. */
export function fusedMap(
  layers: readonly StoredLayer[],
  geometry: LetterboxGeometry,
  { fusion, padding }: Pick<ExplainOptions, 'fusion' | 'padding'>,
): GridMap | undefined {
  const [first] = layers;
  if (first === undefined) return undefined;
  const finest = layers.reduce((best, one) => (cellsOf(one) > cellsOf(best) ? one : best), first);
  const maps = layers.map(
    (layer): LayerMap => ({ ...layer, mask: gridMask(layer, geometry, padding) }),
  );
  const { gridWidth, gridHeight } = finest;
  const frameMask = gridMask(finest, geometry, padding);
  const map = fuseMaps({ maps, fusion, width: gridWidth, height: gridHeight, frameMask });
  return { map, gridWidth, gridHeight };
}

function cellsOf({ gridWidth, gridHeight }: GridSize): number {
  return gridWidth * gridHeight;
}
