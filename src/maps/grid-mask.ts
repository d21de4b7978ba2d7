import { rememberedByKey } from '../shared/host/remembered.ts';
import type { LetterboxGeometry } from '../shared/run/letterbox-geometry.ts';
import type { ExplainOptions } from '../shared/run/run-spec.ts';
import { contentMask } from './content-mask.ts';
import { geometriesKept, geometryKey } from './geometry-key.ts';

interface Grid {
  readonly gridHeight: number;
  readonly gridWidth: number;
}

/**
 * One layer's mask [gridHeight * gridWidth]: 1 on cells that count, 0 on padding; with `include` every cell counts. Shared by the images
 * of a geometry: do not change it.
 */
export const gridMask = rememberedByKey(
  geometriesKept,
  (grid: Grid, geometry: LetterboxGeometry, padding: ExplainOptions['padding']) =>
    `${padding} ${geometryKey(geometry, grid)}`,
  ({ gridHeight, gridWidth }, geometry, padding): Float32Array =>
    padding === 'include'
      ? new Float32Array(gridHeight * gridWidth).fill(1)
      : contentMask(geometry, gridWidth, gridHeight),
);
