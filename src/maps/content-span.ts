/** One axis of a rectangle, in cells of a grid (cell i is [i, i + 1)). */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where the content lies on one axis of a grid, and the cells that it overlaps at all: [first, end). */
export interface ContentSpan extends Span {
  readonly first: number;
  readonly end: number;
}

/**
 * The one rule for content cells: a cell that overlaps the content at all, however little. Product before quotient: an edge that falls
 * between two cells stays an integer, where dividing first made a cell of rounding noise in 7 of 79,648 geometries.
 *
 * @param start where the content begins on the model input, in pixels; below 0 for a crop
 * @param stop where it ends
 */
export function contentSpan(
  start: number,
  stop: number,
  inputSize: number,
  gridSize: number,
): ContentSpan {
  const from = (Math.max(0, start) * gridSize) / inputSize;
  const to = (Math.min(inputSize, stop) * gridSize) / inputSize;
  return { from, to, first: Math.floor(from), end: Math.ceil(to) };
}
