import type { LetterboxGeometry } from '../shared/run/letterbox-geometry.ts';
import { contentSpan } from './content-span.ts';

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
  const across = contentSpan(left, left + newWidth, inputWidth, gridWidth);
  const down = contentSpan(top, top + newHeight, inputHeight, gridHeight);
  return { left: across.first, top: down.first, right: across.end, bottom: down.end };
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
