import { kernelMemory } from './kernel-memory.ts';
import { kernels } from './kernels.ts';

/** Bilinear taps of one axis. */
export interface BilinearTaps {
  readonly size: number;
  /** [size, 3]: first and second cell, and the weight of the second, in [0, 1], as bits of a float32. */
  readonly records: Int32Array;
}

/**
 * Bilinear taps at the given source coordinates (in cells; cell i has its center at i), clamped to the cells
 * [low, high]: beyond the outermost centers the edge value continues.
 */
export function axisTaps(coordinates: Float64Array, low: number, high: number): BilinearTaps {
  const size = coordinates.length;
  const records = new Int32Array(3 * size);
  const weights = new Float32Array(records.buffer);
  for (let i = 0; i < size; i++) {
    const at = Math.min(Math.max(coordinates[i]!, low), high);
    const cell = Math.floor(at);
    records[3 * i] = cell;
    records[3 * i + 1] = Math.min(cell + 1, high);
    weights[3 * i + 2] = at - cell;
  }
  return { size, records };
}

/** Weights of the grid cells that each cell of one axis of a frame is the sum of. */
export interface FrameTaps {
  readonly size: number;
  /** Weights that a frame cell has at most. */
  readonly span: number;
  /**
   * [size, 1 + span] float64: a weight for each grid cell, after two int32 in the place of the first float64: the first grid cell and their
   * number, 0 where no part of the frame cell is content.
   */
  readonly records: Float64Array;
}

/** Cells sampled at a time, so that a picture of many megapixels takes no more kernel memory than others. */
const cellsAtOnce = 65_536;

/** Samples a row-major map of the given width at every (row tap, column tap); result rows.size x columns.size. */
export function sampleMap(
  map: Float32Array,
  width: number,
  rows: BilinearTaps,
  columns: BilinearTaps,
): Float32Array {
  const most = Math.max(1, Math.floor(cellsAtOnce / columns.size));
  kernelMemory.start();
  const from = kernelMemory.put(map);
  const rowTaps = kernelMemory.put(rows.records);
  const columnTaps = kernelMemory.put(columns.records);
  // Rows are read in vectors: a map that is not a whole number of them long is followed by this.
  const line = kernelMemory.room((width + 4) * 4);
  const to = kernelMemory.room(Math.min(most, rows.size) * columns.size * 4);
  const sampled = new Float32Array(rows.size * columns.size);
  for (let row = 0; row < rows.size; row += most) {
    const count = Math.min(most, rows.size - row);
    const taps = rowTaps + row * 12;
    kernels.sample(from, width, taps, count, columnTaps, columns.size, line, to);
    sampled.set(kernelMemory.floats(to, count * columns.size), row * columns.size);
  }
  return sampled;
}

/** The weighted sums of a map's cells, in float64: rows.size x columns.size values, NaN where an axis has no cell. */
export function framedMap(
  map: Float32Array,
  width: number,
  rows: FrameTaps,
  columns: FrameTaps,
): Float32Array {
  const cells = columns.size * rows.size;
  kernelMemory.start();
  const from = kernelMemory.put(map);
  const down = kernelMemory.put(rows.records);
  const across = kernelMemory.put(columns.records);
  // Of a grid with an odd width one cell more is read and written.
  const line = kernelMemory.room((width + 1) * 8);
  const to = kernelMemory.room(cells * 4);
  kernels.frame(
    from,
    width,
    down,
    rows.size,
    rows.span,
    across,
    columns.size,
    columns.span,
    line,
    to,
  );
  return kernelMemory.takeFloats(to, cells);
}
