import type { InputMask } from '../shared/run/detection.ts';
import type { LetterboxGeometry } from '../shared/run/letterbox-geometry.ts';
import type { ContentCells } from './content-cells.ts';

/** Masks together, on the pixels of the model's input: the part that they reach. */
export interface MaskUnion {
  /** Of the input. */
  readonly inputWidth: number;
  readonly inputHeight: number;
  /** The part: [left, right) and [top, bottom) of the input. */
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** [bottom - top, right - left]: 1 where some mask is. */
  readonly bits: Uint8Array;
}

/** @param within a grid, or a part of one: pixels outside of its content are left out */
export function uniteMasks(
  masks: readonly InputMask[],
  { inputWidth, inputHeight }: Pick<LetterboxGeometry, 'inputWidth' | 'inputHeight'>,
  within?: ContentCells,
): MaskUnion {
  const input = { left: 0, top: 0, right: inputWidth, bottom: inputHeight };
  const part = reachedPart(masks, within ? contentOf(within) : input);
  const { left, top, right, bottom } = part;
  const bits = new Uint8Array((right - left) * (bottom - top));
  for (const mask of masks) {
    const first = Math.max(0, left - mask.left);
    const end = Math.min(mask.width, right - mask.left);
    const last = Math.min(mask.height, bottom - mask.top);
    for (let y = Math.max(0, top - mask.top); y < last; y++) {
      const from = y * mask.width;
      const to = (mask.top + y - top) * (right - left) + mask.left - left;
      for (let x = first; x < end; x++) if (mask.bits[from + x] !== 0) bits[to + x] = 1;
    }
  }
  return { inputWidth, inputHeight, ...part, bits };
}

type Part = Pick<MaskUnion, 'left' | 'top' | 'right' | 'bottom'>;

/** Of a part of the input, what masks reach; empty where none does. */
function reachedPart(masks: readonly InputMask[], { left, top, right, bottom }: Part): Part {
  const reached = { left: right, top: bottom, right: left, bottom: top };
  for (const mask of masks) {
    reached.left = Math.min(reached.left, Math.max(left, mask.left));
    reached.top = Math.min(reached.top, Math.max(top, mask.top));
    reached.right = Math.max(reached.right, Math.min(right, mask.left + mask.width));
    reached.bottom = Math.max(reached.bottom, Math.min(bottom, mask.top + mask.height));
  }
  const { left: from, top: upper } = reached;
  return {
    ...{ left: from, top: upper },
    ...{ right: Math.max(from, reached.right), bottom: Math.max(upper, reached.bottom) },
  };
}

/** Pixels of the input that a grid's content reaches. */
function contentOf({ geometry, gridWidth, gridHeight, columns, rows }: ContentCells): Part {
  const { inputWidth, inputHeight } = geometry;
  const [cellWidth, cellHeight] = [inputWidth / gridWidth, inputHeight / gridHeight];
  const [left, top] = [Math.max(columns.first, columns.from), Math.max(rows.first, rows.from)];
  const [right, bottom] = [Math.min(columns.end, columns.to), Math.min(rows.end, rows.to)];
  return {
    left: Math.floor(left * cellWidth),
    top: Math.floor(top * cellHeight),
    right: Math.max(0, Math.min(inputWidth, Math.ceil(right * cellWidth))),
    bottom: Math.max(0, Math.min(inputHeight, Math.ceil(bottom * cellHeight))),
  };
}

/**
 * Share of each cell's content that the masks cover, in [0, 1]; 0 in padding. Row-major, gridHeight x gridWidth. It is the mean of the
 * pixels of the input over the cell; a pixel that a cell's edge cuts counts by its part.
 */
export function maskCoverage(union: MaskUnion, cells: ContentCells): Float32Array {
  const { inputWidth, inputHeight } = union;
  const { gridWidth, gridHeight, columns, rows, areas } = cells;
  const coverage = new Float32Array(gridWidth * gridHeight);
  const [cellWidth, cellHeight] = [inputWidth / gridWidth, inputHeight / gridHeight];
  // Pixels of the input, from the left of the union on.
  const heights = new Float64Array(union.right - union.left);
  const firstColumn = Math.max(columns.first, Math.floor(union.left / cellWidth));
  const endColumn = Math.min(columns.end, Math.ceil(union.right / cellWidth));
  const endRow = Math.min(rows.end, Math.ceil(union.bottom / cellHeight));
  for (let row = Math.max(rows.first, Math.floor(union.top / cellHeight)); row < endRow; row++) {
    const top = Math.max(row, rows.from) * cellHeight;
    const bottom = Math.min(inputHeight, Math.min(row + 1, rows.to) * cellHeight);
    addHeights(union, heights, { top, bottom });
    for (let column = firstColumn; column < endColumn; column++) {
      const left = Math.max(column, columns.from) * cellWidth;
      const right = Math.min(inputWidth, Math.min(column + 1, columns.to) * cellWidth);
      const cell = row * gridWidth + column;
      const pixels = areaBetween(union, heights, { left, right }) / (cellWidth * cellHeight);
      coverage[cell] = Math.min(1, pixels / areas[cell]!);
    }
  }
  return coverage;
}

/** Of each column of pixels, how much lies in the rows of a cell. */
function addHeights(
  union: MaskUnion,
  heights: Float64Array,
  { top, bottom }: { readonly top: number; readonly bottom: number },
): void {
  const { left, right, bits } = union;
  const across = right - left;
  heights.fill(0);
  const end = Math.min(bottom, union.bottom);
  for (let y = Math.max(union.top, Math.floor(top)); y < end; y++) {
    const share = Math.min(y + 1, bottom) - Math.max(y, top);
    const line = (y - union.top) * across;
    for (let x = 0; x < across; x++) heights[x]! += share * bits[line + x]!;
  }
}

/** Area below a line of pixel columns between two places of the input. */
function areaBetween(
  union: Pick<MaskUnion, 'left' | 'right'>,
  heights: Float64Array,
  { left, right }: { readonly left: number; readonly right: number },
): number {
  let area = 0;
  const end = Math.min(right, union.right);
  for (let x = Math.max(union.left, Math.floor(left)); x < end; x++) {
    area += heights[x - union.left]! * (Math.min(x + 1, right) - Math.max(x, left));
  }
  return area;
}
