import type { RotatedBox } from '../shared/run/detection.ts';
import { rotatedCorners } from '../shared/run/rotated-corners.ts';
import { type ContentCells, columnSpan, rowSpan } from './content-cells.ts';
import { type ConvexPolygon, clipPolygon, polygonArea, unionArea } from './convex-polygon.ts';

/** Parts of boxes inside one cell; `full` once one of them fills it. */
type CellParts = ConvexPolygon[] | 'full';

/**
 * Share of each cell's content that the union of the rotated boxes covers, in [0, 1]; 0 in padding. Row-major, gridHeight x gridWidth.
 * Exact: each box is cut to the cells, and in a cell that several boxes cut, the union of their parts is measured; that of more than 64 parts at
 * 32 x 32 points.
 */
export function rotatedCoverage(boxes: readonly RotatedBox[], cells: ContentCells): Float32Array {
  const { gridWidth, gridHeight, areas } = cells;
  const parts = new Map<number, CellParts>();
  for (const box of boxes) cutToCells(onGrid(box, cells), cells, parts);
  const coverage = new Float32Array(gridWidth * gridHeight);
  for (const [cell, inside] of parts) {
    const area =
      inside === 'full'
        ? areas[cell]!
        : areaOf(inside, cell % gridWidth, Math.floor(cell / gridWidth));
    coverage[cell] = Math.min(1, area / areas[cell]!);
  }
  return coverage;
}

/** More parts in one cell are sampled: the exact union of hundreds takes seconds. */
const mostExact = 64;
/** Points across and down a cell. */
const samples = 32;

function areaOf(parts: readonly ConvexPolygon[], column: number, row: number): number {
  if (parts.length === 1) return polygonArea(parts[0]!);
  if (parts.length <= mostExact) return unionArea(parts);
  let inside = 0;
  for (let y = 0; y < samples; y++) {
    for (let x = 0; x < samples; x++) {
      const [atX, atY] = [column + (x + 0.5) / samples, row + (y + 0.5) / samples];
      if (parts.some((part) => isInside(part, atX, atY))) inside += 1;
    }
  }
  return inside / samples ** 2;
}

/** Whichever way around the polygon runs. */
function isInside(polygon: ConvexPolygon, x: number, y: number): boolean {
  let side = 0;
  let [fromX, fromY] = [polygon.at(-2) ?? 0, polygon.at(-1) ?? 0];
  for (let i = 0; i < polygon.length; i += 2) {
    const [toX, toY] = [polygon[i]!, polygon[i + 1]!];
    const turn = Math.sign((toX - fromX) * (y - fromY) - (toY - fromY) * (x - fromX));
    if (turn !== 0 && side !== 0 && turn !== side) return false;
    side ||= turn;
    [fromX, fromY] = [toX, toY];
  }
  return true;
}

function onGrid(box: RotatedBox, cells: ContentCells): ConvexPolygon {
  return rotatedCorners(box).flatMap(([x, y]) => [
    columnSpan(cells, x, x).from,
    rowSpan(cells, y, y).from,
  ]);
}

function cutToCells(
  polygon: ConvexPolygon,
  { gridWidth, columns, rows, areas }: ContentCells,
  parts: Map<number, CellParts>,
): void {
  const content = clipPolygon(
    clipPolygon(polygon, 0, columns.from, columns.to),
    1,
    rows.from,
    rows.to,
  );
  const [top, bottom] = rangeOf(content, 1);
  for (let row = Math.floor(top); row < bottom; row++) {
    const strip = clipPolygon(content, 1, row, row + 1);
    const [left, right] = rangeOf(strip, 0);
    for (let column = Math.floor(left); column < right; column++) {
      const cell = row * gridWidth + column;
      const known = parts.get(cell);
      if (known === 'full') continue;
      const part = clipPolygon(strip, 0, column, column + 1);
      const area = polygonArea(part);
      if (area === 0) continue;
      if (area >= areas[cell]! * (1 - 1e-12)) parts.set(cell, 'full');
      else if (known === undefined) parts.set(cell, [part]);
      else known.push(part);
    }
  }
}

/** Lowest and highest x (axis 0) or y (axis 1); no range at all of an empty polygon. */
function rangeOf(polygon: ConvexPolygon, axis: 0 | 1): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = axis; i < polygon.length; i += 2) {
    low = Math.min(low, polygon[i]!);
    high = Math.max(high, polygon[i]!);
  }
  return [low, high];
}
