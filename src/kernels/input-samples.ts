import { kernelMemory } from './kernel-memory.ts';
import { kernels } from './kernels.ts';
import type { InterleavedPixels } from './planes.ts';

/** Which pixels of a row are taken: the `i`th of `count` at floor((i + offset) * width / count). */
export interface RowSamples {
  readonly y: number;
  readonly count: number;
  /** In [0, 1). */
  readonly offset: number;
}

/** How many sums `sampleRow` returns. */
export const rowSums = 8;

/**
 * Sums over some pixels of one row, all of integers: luma in thousandths of a level (299 R + 587 G + 114 B) and its squares; of those with four neighbors how many there are, and the
 * squares of the Laplacian of luma; R - G and its squares; R + G - 2 B and its squares. A view that the next call changes.
 */
export function sampleRow(
  { data, width, height }: InterleavedPixels,
  { y, count, offset }: RowSamples,
): Float64Array {
  const stride = 3 * width;
  const isInner = y > 0 && y < height - 1;
  const first = isInner ? y - 1 : y;
  kernelMemory.start();
  const out = kernelMemory.room(rowSums * 8);
  const from = kernelMemory.put(data.subarray(first * stride, (isInner ? y + 2 : y + 1) * stride));
  // Pixels are read in words of four bytes.
  kernelMemory.room(1);
  const row = from + (y - first) * stride;
  kernels.sampleRow(row, width, count, offset, width / count, isInner, out);
  return kernelMemory.doubles(out, rowSums);
}
