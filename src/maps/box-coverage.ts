import type { Xyxy } from '../shared/run/detection.ts';
import {
  type ContentAxis,
  type ContentCells,
  clipSpan,
  columnSpan,
  rowSpan,
} from './content-cells.ts';

interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Share of each cell's content that the union of the boxes covers, in [0, 1]; 0 in padding. Row-major, gridHeight x gridWidth.
 * Exact: the rows of cells are cut into strips at the edges of the boxes, and in a strip the boxes are intervals whose union
 * a sweep from the left finds.
 */
export function boxCoverage(boxes: readonly Xyxy[], cells: ContentCells): Float32Array {
  const { gridWidth, gridHeight, rows } = cells;
  const coverage = new Float32Array(gridWidth * gridHeight);
  const rectangles = rectanglesOf(boxes, cells);
  const edges = stripEdges(rectangles, rows);
  const areas = new Float64Array(gridWidth);
  for (let row = rows.first, strip = 0; row < rows.end; row++) {
    let isEmpty = true;
    for (; edges[strip]! < row + 1; strip++) {
      if (edges[strip + 1]! > edges[strip]!) {
        const isCovered = addStrip(areas, rectangles, edges[strip]!, edges[strip + 1]!);
        isEmpty &&= !isCovered;
      }
    }
    if (isEmpty) continue;
    writeRow(coverage, areas, cells, row);
    areas.fill(0);
  }
  return coverage;
}

function writeRow(
  coverage: Float32Array,
  areas: Float64Array,
  { gridWidth, columns, rows }: ContentCells,
  row: number,
): void {
  const height = rows.shares[row]!;
  for (let column = columns.first; column < columns.end; column++) {
    const content = columns.shares[column]! * height;
    coverage[row * gridWidth + column] = Math.min(1, areas[column]! / content);
  }
}

/** Where strips begin and end, from the top: the edges of the rows of cells and of the rectangles. */
function stripEdges(rectangles: readonly Rectangle[], rows: ContentAxis): Float64Array {
  const lines = rows.end - rows.first + 1;
  const edges = new Float64Array(lines + 2 * rectangles.length);
  for (let line = 0; line < lines; line++) edges[line] = rows.first + line;
  rectangles.forEach(({ top, bottom }, index) => {
    edges[lines + 2 * index] = top;
    edges[lines + 2 * index + 1] = bottom;
  });
  return edges.sort();
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

/** Adds the union of the rectangles that reach through the strip [from, to) of a row; returns whether one does. */
function addStrip(
  areas: Float64Array,
  rectangles: readonly Rectangle[],
  from: number,
  to: number,
): boolean {
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
  return right > left;
}

function addInterval(areas: Float64Array, left: number, right: number, height: number): void {
  for (let cell = Math.floor(left); cell < right; cell++) {
    const width = Math.min(right, cell + 1) - Math.max(left, cell);
    areas[cell]! += width * height;
  }
}
