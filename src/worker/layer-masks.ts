import { contentMask } from '../image/content-mask.ts';
import type { LetterboxGeometry } from '../shared/letterbox-geometry.ts';
import type { ExplainOptions } from '../shared/run-spec.ts';

interface Grid {
  readonly gridHeight: number;
  readonly gridWidth: number;
}

/** One layer's mask [gridHeight * gridWidth]: 1 on cells that count, 0 on padding; with `include` every cell counts. */
export function gridMask(
  { gridHeight, gridWidth }: Grid,
  geometry: LetterboxGeometry,
  padding: ExplainOptions['padding'],
): Float32Array {
  return padding === 'include'
    ? new Float32Array(gridHeight * gridWidth).fill(1)
    : contentMask(geometry, gridWidth, gridHeight);
}
