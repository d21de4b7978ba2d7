import type { Xyxy } from '../shared/detection.ts';
import { type ContentCells, clipSpan, columnSpan, rowSpan } from './content-cells.ts';

interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Share of each cell's content that the union of the boxes covers, in [0, 1]; 0 in padding. Row-major, gridHeight x gridWidth.
 * Exact: every row of cells is cut into strips at the edges of the boxes in it, and in a strip the boxes are intervals whose union
 * a sweep from the left finds.
 */
export function boxCoverage(boxes: readonly Xyxy[], cells: ContentCells): Float32Array {
  const { gridWidth, gridHeight, columns, rows } = cells;
  const coverage = new Float32Array(gridWidth * gridHeight);
  const rectangles = rectanglesOf(boxes, cells);
  const areas = new Float64Array(gridWidth);
  for (let row = rows.first; row < rows.end; row++) {
    const inRow = rectangles.filter(({ top, bottom }) => top < row + 1 && bottom > row);
    if (inRow.length === 0) continue;
    areas.fill(0);
    addRow(areas, inRow, row);
    const height = rows.shares[row] as number;
    for (let column = columns.first; column < columns.end; column++) {
      const content = (columns.shares[column] as number) * height;
      const share = (areas[column] as number) / content;
      coverage[row * gridWidth + column] = Math.min(1, share);
    }
  }
  return coverage;
}

/** The boxes in cells, clipped to the content, without empty ones, from left to right. */
function rectanglesOf(boxes: readonly Xyxy[], cells: ContentCells): Rectangle[] {
  const rectangles: Rectangle[] = [];
  for (const [x0, y0, x1, y1] of boxes) {
    const across = clipSpan(columnSpan(cells, x0, x1), cells.columns);
    const down = clipSpan(rowSpan(cells, y0, y1), cells.rows);
    if (across.from < across.to && down.from < down.to) {
      rectangles.push({ left: across.from, top: down.from, right: across.to, bottom: down.to });
    }
  }
  return rectangles.sort((a, b) => a.left - b.left);
}

/** Adds to each cell of one row the area of the union of the rectangles, which are sorted by their left edge. */
function addRow(areas: Float64Array, rectangles: readonly Rectangle[], row: number): void {
  const edges = new Set([row, row + 1]);
  for (const { top, bottom } of rectangles) {
    if (top > row) edges.add(top);
    if (bottom < row + 1) edges.add(bottom);
  }
  const sorted = [...edges].sort((a, b) => a - b);
  let from = row;
  for (const to of sorted) {
    if (to > from) addStrip(areas, rectangles, from, to);
    from = to;
  }
}

/** Adds the union of the rectangles that reach through the strip [from, to) of a row. */
function addStrip(
  areas: Float64Array,
  rectangles: readonly Rectangle[],
  from: number,
  to: number,
): void {
  // An empty interval to the left of all.
  let left = -1;
  let right = -1;
  for (const rectangle of rectangles) {
    if (rectangle.top > from || rectangle.bottom < to) continue;
    if (rectangle.left > right) {
      addInterval(areas, left, right, to - from);
      left = rectangle.left;
      right = rectangle.right;
    } else {
      right = Math.max(right, rectangle.right);
    }
  }
  addInterval(areas, left, right, to - from);
}

function addInterval(areas: Float64Array, left: number, right: number, height: number): void {
  for (let cell = Math.floor(left); cell < right; cell++) {
    const width = Math.min(right, cell + 1) - Math.max(left, cell);
    areas[cell] = (areas[cell] as number) + width * height;
  }
}
