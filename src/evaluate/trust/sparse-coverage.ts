import {
  type ContentAxis,
  type ContentCells,
  clipSpan,
  columnSpan,
  rowSpan,
} from '../../maps/content-cells.ts';
import type { Span } from '../../maps/content-span.ts';
import { type CoveringObject, objectCoverage } from '../../maps/object-coverage.ts';
import type { Xyxy } from '../../shared/run/detection.ts';
import { rotatedCorners } from '../../shared/run/rotated-corners.ts';

/** The cells that a region covers at all, in reading order, and the share of each one's content, in (0, 1]. */
export interface SparseCoverage {
  readonly cells: Int32Array;
  readonly shares: Float32Array;
}

/** Where one region lies; as `objectCoverage`, without the rest of the grid. */
export function sparseCoverage(region: CoveringObject, cells: ContentCells): SparseCoverage {
  if (region.mask?.input === undefined && region.rotated === undefined) {
    return boxOnGrid(region.box, cells);
  }
  const window = windowAround(region, cells);
  const coverage = objectCoverage([region], cells.geometry, window)?.(window) ?? new Float32Array();
  const touched: number[] = [];
  for (let row = window.rows.first; row < window.rows.end; row++) {
    for (let column = window.columns.first; column < window.columns.end; column++) {
      const cell = row * cells.gridWidth + column;
      if ((coverage[cell] ?? 0) > 0) touched.push(cell);
    }
  }
  const own = Int32Array.from(touched);
  return { cells: own, shares: valuesAt(coverage, own) };
}

/** The grid without what a region does not reach: what is asked of it is found in less time. */
export function windowAround(region: CoveringObject, cells: ContentCells): ContentCells {
  const [left, top, right, bottom] = boundsOf(region, cells);
  const columns = within(cells.columns, { from: left, to: right });
  return { ...cells, columns, rows: within(cells.rows, { from: top, to: bottom }) };
}

/** In cells. */
function boundsOf({ box, rotated, mask }: CoveringObject, cells: ContentCells): Xyxy {
  const { geometry, gridWidth, gridHeight } = cells;
  if (mask?.input !== undefined) {
    const { left, top, width, height } = mask.input;
    const [x, y] = [gridWidth / geometry.inputWidth, gridHeight / geometry.inputHeight];
    return [left * x, top * y, (left + width) * x, (top + height) * y];
  }
  const corners = rotated ? rotatedCorners(rotated) : [];
  const xs = [...corners.map(([x]) => x), ...(rotated ? [] : [box[0], box[2]])];
  const ys = [...corners.map(([, y]) => y), ...(rotated ? [] : [box[1], box[3]])];
  const across = columnSpan(cells, Math.min(...xs), Math.max(...xs));
  const down = rowSpan(cells, Math.min(...ys), Math.max(...ys));
  return [across.from, down.from, across.to, down.to];
}

/** Whole cells of an axis around a span. */
function within(axis: ContentAxis, span: Span): ContentAxis {
  const first = Math.max(axis.first, Math.floor(span.from));
  const end = Math.max(first, Math.min(axis.end, Math.ceil(span.to)));
  return { ...axis, ...clipSpan({ from: first, to: end }, axis), first, end };
}

function boxOnGrid([left, top, right, bottom]: Xyxy, grid: ContentCells): SparseCoverage {
  const across = touchedBy(columnSpan(grid, left, right), grid.columns);
  const down = touchedBy(rowSpan(grid, top, bottom), grid.rows);
  const cells = new Int32Array(across.shares.length * down.shares.length);
  const shares = new Float32Array(cells.length);
  let at = 0;
  for (let y = 0; y < down.shares.length; y++) {
    const start = (down.first + y) * grid.gridWidth + across.first;
    for (let x = 0; x < across.shares.length; x++) {
      cells[at] = start + x;
      shares[at++] = (across.shares[x] ?? 0) * (down.shares[y] ?? 0);
    }
  }
  return { cells, shares };
}

/** The cells of an axis that a span covers at all, and the share of each one's content. */
function touchedBy(span: Span, axis: ContentAxis): { first: number; shares: Float64Array } {
  const { from, to } = clipSpan(span, axis);
  const first = Math.floor(from);
  const shares = new Float64Array(to > from ? Math.ceil(to) - first : 0);
  for (let i = 0; i < shares.length; i++) {
    const cell = first + i;
    const part = Math.min(to, cell + 1) - Math.max(from, cell);
    shares[i] = Math.min(1, part / (axis.shares[cell] ?? 1));
  }
  return { first, shares };
}

/** Sum over the covered cells of what lies in them, by the share that is covered. */
export function insideOf(
  { cells, shares }: SparseCoverage,
  amounts: Float64Array | Float32Array,
): number {
  let sum = 0;
  for (let i = 0; i < cells.length; i++) sum += (amounts[cells[i] ?? 0] ?? 0) * (shares[i] ?? 0);
  return sum;
}

/** Sum of what lies in the cells where `union` does not reach, and their area in cells. */
export function outsideOf(
  union: Float32Array,
  amounts: Float64Array | Float32Array,
  { areas }: Pick<ContentCells, 'areas'>,
): { readonly amount: number; readonly area: number } {
  let [amount, area] = [0, 0];
  for (let cell = 0; cell < areas.length; cell++) {
    const free = 1 - (union[cell] ?? 0);
    amount += (amounts[cell] ?? 0) * free;
    area += (areas[cell] ?? 0) * free;
  }
  return { amount, area };
}

/** What lies in some cells of a grid. */
export function valuesAt(values: Float32Array, cells: Int32Array): Float32Array {
  const found = new Float32Array(cells.length);
  for (let i = 0; i < cells.length; i++) found[i] = values[cells[i] ?? 0] ?? 0;
  return found;
}
