import { rememberedByObject } from '../shared/host/remembered.ts';
import type { LetterboxGeometry } from '../shared/run/letterbox-geometry.ts';

/** How many grids over images are cached: a dataset has few image sizes, a model about four grids. At 80 x 80 cells, 3 MB. */
export const geometriesKept = 32;

/** Everything that a grid over an image depends on, as text. */
export function geometryKey(
  geometry: LetterboxGeometry,
  grid: { readonly gridWidth: number; readonly gridHeight: number },
): string {
  return `${geometryText(geometry)} ${grid.gridWidth} ${grid.gridHeight}`;
}

const geometryText = rememberedByObject((geometry: LetterboxGeometry): string => {
  const { width, height, newWidth, newHeight, left, top, inputWidth, inputHeight } = geometry;
  return `${width} ${height} ${newWidth} ${newHeight} ${left} ${top} ${inputWidth} ${inputHeight}`;
});
