import type { LetterboxGeometry } from '../shared/run/letterbox-geometry.ts';

/** Content cells of a grid: columns [left, right), rows [top, bottom), half-open, in cells. */
export interface CellRectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Cells of a gridWidth x gridHeight map over the model input that overlap the image's content at all. */
export function contentRectangle(
  geometry: LetterboxGeometry,
  gridWidth: number,
  gridHeight: number,
): CellRectangle {
  const { left, top, newWidth, newHeight, inputWidth, inputHeight } = geometry;
  const cellsX = gridWidth / inputWidth;
  const cellsY = gridHeight / inputHeight;
  return {
    left: Math.floor(Math.max(left, 0) * cellsX),
    top: Math.floor(Math.max(top, 0) * cellsY),
    right: Math.ceil(Math.min(left + newWidth, inputWidth) * cellsX),
    bottom: Math.ceil(Math.min(top + newHeight, inputHeight) * cellsY),
  };
}

/** gridHeight x gridWidth, row-major: 1 where the cell overlaps the content, 0 where it is padding only. */
export function contentMask(
  geometry: LetterboxGeometry,
  gridWidth: number,
  gridHeight: number,
): Float32Array {
  const { left, top, right, bottom } = contentRectangle(geometry, gridWidth, gridHeight);
  const mask = new Float32Array(gridWidth * gridHeight);
  for (let y = top; y < bottom; y++) mask.fill(1, y * gridWidth + left, y * gridWidth + right);
  return mask;
}

/** How many cells `contentMask` marks. */
export function contentCells(
  geometry: LetterboxGeometry,
  gridWidth: number,
  gridHeight: number,
): number {
  const { left, top, right, bottom } = contentRectangle(geometry, gridWidth, gridHeight);
  return (right - left) * (bottom - top);
}
