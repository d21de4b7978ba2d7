import type { InputMask } from '../shared/run/detection.ts';
import type { LetterboxGeometry } from '../shared/run/letterbox-geometry.ts';
import type { ContentCells } from './content-cells.ts';

/** All masks of an image together, on the pixels of the model's input. */
export interface MaskUnion {
  readonly width: number;
  readonly height: number;
  /** [height, width]: 1 where some mask is. */
  readonly bits: Uint8Array;
}

export function uniteMasks(
  masks: readonly InputMask[],
  { inputWidth, inputHeight }: Pick<LetterboxGeometry, 'inputWidth' | 'inputHeight'>,
): MaskUnion {
  const bits = new Uint8Array(inputWidth * inputHeight);
  for (const { left, top, width, height, bits: ofMask } of masks) {
    const first = Math.max(0, -left);
    const end = Math.min(width, inputWidth - left);
    const bottom = Math.min(height, inputHeight - top);
    for (let y = Math.max(0, -top); y < bottom; y++) {
      const from = y * width;
      const to = (top + y) * inputWidth + left;
      for (let x = first; x < end; x++) if (ofMask[from + x] !== 0) bits[to + x] = 1;
    }
  }
  return { width: inputWidth, height: inputHeight, bits };
}

/**
 * Share of each cell's content that the masks cover, in [0, 1]; 0 in padding. Row-major, gridHeight x gridWidth. It is the mean of the
 * pixels of the input over the cell; a pixel that a cell's edge cuts counts by its part.
 */
export function maskCoverage({ width, height, bits }: MaskUnion, cells: ContentCells) {
  const { gridWidth, gridHeight, columns, rows, areas } = cells;
  const coverage = new Float32Array(gridWidth * gridHeight);
  const [cellWidth, cellHeight] = [width / gridWidth, height / gridHeight];
  const heights = new Float64Array(width);
  // A grid may be cut to the cells that somebody asks for.
  const first = Math.floor(Math.max(columns.first, columns.from) * cellWidth);
  const end = Math.min(width, Math.ceil(Math.min(columns.end, columns.to) * cellWidth));
  for (let row = rows.first; row < rows.end; row++) {
    heights.fill(0);
    const top = Math.max(row, rows.from) * cellHeight;
    const bottom = Math.min(height, Math.min(row + 1, rows.to) * cellHeight);
    for (let y = Math.floor(top); y < bottom; y++) {
      const share = Math.min(y + 1, bottom) - Math.max(y, top);
      const line = bits.subarray(y * width, (y + 1) * width);
      for (let x = first; x < end; x++) heights[x]! += share * line[x]!;
    }
    for (let column = columns.first; column < columns.end; column++) {
      const left = Math.max(column, columns.from) * cellWidth;
      const right = Math.min(width, Math.min(column + 1, columns.to) * cellWidth);
      const cell = row * gridWidth + column;
      const pixels = areaBetween(heights, left, right) / (cellWidth * cellHeight);
      coverage[cell] = Math.min(1, pixels / areas[cell]!);
    }
  }
  return coverage;
}

/** Area below a line of pixel columns between two places. */
function areaBetween(heights: Float64Array, left: number, right: number): number {
  let area = 0;
  for (let x = Math.floor(left); x < right; x++) {
    area += heights[x]! * (Math.min(x + 1, right) - Math.max(x, left));
  }
  return area;
}
