import { kernelMemory } from '../kernels/kernel-memory.ts';
import { kernels } from '../kernels/kernels.ts';

/** Bilinear taps of one axis: two source positions and the weight of the second for each position, as the kernel `sample` reads them. */
export interface AxisTaps {
  readonly size: number;
  /** [size, 3]: first and second cell, and the weight of the second, in [0, 1], as bits of a float32. */
  readonly records: Int32Array;
}

/** Cells that are sampled at a time, so that a picture of many megapixels takes no more memory of the kernels than others. */
const cellsAtOnce = 65_536;

/**
 * Bilinear taps at the given source coordinates (in cells; cell i has its center at i), clamped to the cells
 * [low, high]: beyond the outermost centers the edge value goes on.
 */
export function axisTaps(coordinates: Float64Array, low: number, high: number): AxisTaps {
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

/** Source coordinates of cv2's resize: half-pixel centers, (i + 0.5) * oldSize / newSize - 0.5. */
export function resizeCoordinates(oldSize: number, newSize: number): Float64Array {
  const scale = oldSize / newSize;
  const coordinates = new Float64Array(newSize);
  for (let i = 0; i < newSize; i++) coordinates[i] = (i + 0.5) * scale - 0.5;
  return coordinates;
}

/** Samples a row-major map of the given width at every (row tap, column tap); result rows.size x columns.size. */
export function sampleMap(
  map: Float32Array,
  width: number,
  rows: AxisTaps,
  columns: AxisTaps,
): Float32Array {
  const most = Math.max(1, Math.floor(cellsAtOnce / columns.size));
  kernelMemory.start();
  const from = kernelMemory.put(map);
  const rowTaps = kernelMemory.put(rows.records);
  const columnTaps = kernelMemory.put(columns.records);
  // Rows are read in vectors: a map that is no whole number of them long is followed by this.
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

/**
 * Resizes a row-major map as cv2.resize with INTER_LINEAR does on float32: half-pixel centers, two taps an axis, edges clamped.
 *
 * @param map height x width values
 * @returns newHeight x newWidth values; a copy when the size stays
 */
export function resampleBilinear(
  map: Float32Array,
  size: { readonly width: number; readonly height: number },
  newSize: { readonly width: number; readonly height: number },
): Float32Array {
  if (size.width === newSize.width && size.height === newSize.height) return map.slice();
  const rows = axisTaps(resizeCoordinates(size.height, newSize.height), 0, size.height - 1);
  const columns = axisTaps(resizeCoordinates(size.width, newSize.width), 0, size.width - 1);
  return sampleMap(map, size.width, rows, columns);
}
