import { rememberedByKey } from '../shared/host/remembered.ts';
import type { LetterboxGeometry } from '../shared/run/letterbox-geometry.ts';
import { type ContentSpan, contentSpan, type Span } from './content-span.ts';
import { geometriesKept, geometryKey } from './geometry-key.ts';

export interface GridSize {
  readonly gridWidth: number;
  readonly gridHeight: number;
}

/** A map on a layer's grid: row-major, gridHeight x gridWidth cells over the whole model input, padding included. */
export interface GridMap extends GridSize {
  readonly map: Float32Array;
}

/** One axis of a grid as the content of the input lies on it. */
export interface ContentAxis extends ContentSpan {
  /** Share of each cell of the axis that is content, in [0, 1]. */
  readonly shares: Float64Array;
  /** Middle of the content of each cell, in cells. */
  readonly middles: Float64Array;
}

/**
 * Where the image is on a grid. Everything outside is padding, and no measure counts it. For a classify crop, whose resized image is
 * larger than the input, the content is what the model saw: the whole input.
 */
export interface ContentCells extends GridSize {
  readonly geometry: LetterboxGeometry;
  readonly columns: ContentAxis;
  readonly rows: ContentAxis;
  /** Content area of each cell, in [0, 1]: the weight of what the cell holds. Row-major. */
  readonly areas: Float64Array;
  /** Sum of `areas`, taken cell by cell. */
  readonly totalArea: number;
}

/** Shared by the images of a geometry: do not change it. */
export const contentCells = rememberedByKey(geometriesKept, geometryKey, makeContentCells);

function makeContentCells(geometry: LetterboxGeometry, grid: GridSize): ContentCells {
  const { gridWidth, gridHeight } = grid;
  const { left, top, newWidth, newHeight, inputWidth, inputHeight } = geometry;
  const columns = contentAxis(left, left + newWidth, inputWidth, gridWidth);
  const rows = contentAxis(top, top + newHeight, inputHeight, gridHeight);
  const areas = areasOf(columns, rows);
  const totalArea = areas.reduce((sum, area) => sum + area, 0);
  return { gridWidth, gridHeight, geometry, columns, rows, areas, totalArea };
}

/** A horizontal span in original-image pixels, in cells of the grid; it may reach beyond the content. */
export function columnSpan(
  { geometry, gridWidth }: ContentCells,
  left: number,
  right: number,
): Span {
  const gain = geometry.newWidth / geometry.width;
  const cells = gridWidth / geometry.inputWidth;
  return {
    from: (left * gain + geometry.left) * cells,
    to: (right * gain + geometry.left) * cells,
  };
}

/** A vertical span in original-image pixels, in cells of the grid; it may reach beyond the content. */
export function rowSpan({ geometry, gridHeight }: ContentCells, top: number, bottom: number): Span {
  const gain = geometry.newHeight / geometry.height;
  const cells = gridHeight / geometry.inputHeight;
  return { from: (top * gain + geometry.top) * cells, to: (bottom * gain + geometry.top) * cells };
}

/** The part of a span inside another; empty (to <= from) when they do not meet. */
export function clipSpan(span: Span, to: Span): Span {
  return { from: Math.max(span.from, to.from), to: Math.min(span.to, to.to) };
}

function areasOf(columns: ContentAxis, rows: ContentAxis): Float64Array {
  const width = columns.shares.length;
  const areas = new Float64Array(width * rows.shares.length);
  for (let row = rows.first; row < rows.end; row++) {
    const height = rows.shares[row] as number;
    for (let column = columns.first; column < columns.end; column++) {
      areas[row * width + column] = (columns.shares[column] as number) * height;
    }
  }
  return areas;
}

function contentAxis(
  start: number,
  stop: number,
  inputSize: number,
  gridSize: number,
): ContentAxis {
  const span = contentSpan(start, stop, inputSize, gridSize);
  const { from, to } = span;
  const shares = new Float64Array(gridSize);
  const middles = new Float64Array(gridSize);
  for (let cell = 0; cell < gridSize; cell++) {
    shares[cell] = Math.max(0, Math.min(cell + 1, to) - Math.max(cell, from));
    middles[cell] = (Math.max(cell, from) + Math.min(cell + 1, to)) / 2;
  }
  return { ...span, shares, middles };
}
