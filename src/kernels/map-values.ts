import { kernelMemory } from './kernel-memory.ts';
import { kernels } from './kernels.ts';

/* One function a kernel: typed arrays in, new ones out; maps are float32, row-major. */

/**
 * Negative values to 0, then (x - min) / (1e-7 + max - min) over the cells of the mask: in [0, 1], 0 outside the mask. A constant map
 * becomes all zeros, and so does any under an empty mask. 1e-7 is the peers' guard against division by zero (pytorch-grad-cam 1.5.7,
 * `scale_cam_image`).
 *
 * @param map finite values, outside of the mask too
 * @param mask 0 or 1 for each
 */
export function normalizeMap(map: Float32Array, mask: Float32Array): Float32Array {
  kernelMemory.start();
  const from = kernelMemory.put(map);
  kernels.normalize(from, kernelMemory.put(mask), from, map.length);
  return kernelMemory.takeFloats(from, map.length);
}

/** Sum of weights[row] times row, over the rows of [weights.length, cells]; summed in float64. */
export function combinedRows(
  rows: Float32Array,
  weights: Float64Array,
  cells: number,
): Float32Array {
  kernelMemory.start();
  const from = kernelMemory.put(rows);
  const to = kernelMemory.room(cells * 4);
  kernels.combine(from, cells, kernelMemory.put(weights), weights.length, to, cells);
  return kernelMemory.takeFloats(to, cells);
}

/** Sum of weights[i] times maps[i], each of `cells` cells; summed in float32, in the order of the maps. */
export function weightedSumOfMaps(
  maps: readonly Float32Array[],
  weights: readonly number[],
  cells: number,
): Float32Array {
  kernelMemory.start();
  const sum = kernelMemory.room(cells * 4);
  kernelMemory.floats(sum, cells).fill(0);
  const from = kernelMemory.room(cells * 4);
  maps.forEach((map, index) => {
    kernelMemory.replace(from, map);
    kernels.addWeighted(from, weights[index]!, sum, cells);
  });
  return kernelMemory.takeFloats(sum, cells);
}

/** Writes sign * map / max|map| to `out`, which stays as it is where all of the map is 0. Returns max|map|. */
export function writeScaled(map: Float32Array, sign: 1 | -1, out: Float32Array): number {
  kernelMemory.start();
  const from = kernelMemory.put(map);
  const greatest = kernels.scale(from, sign, from, map.length);
  if (greatest > 0) out.set(kernelMemory.floats(from, map.length));
  return greatest;
}

/** Writes floor(map * unit + 0.5) to `levels` from `offset`, for values clamped to [0, 1]; -1 for values that are not finite. */
export function writeLevels(
  map: Float32Array,
  unit: number,
  levels: Int16Array,
  offset: number,
): void {
  kernelMemory.start();
  const from = kernelMemory.put(map);
  // The product of a float32 and `unit` of up to 12 bits, and half a level more, are exact in float64.
  kernels.levels(from, unit, from, map.length);
  levels.set(kernelMemory.shorts(from, map.length), offset);
}

/** IEEE 754 binary16 bits of up to 16,384 values, rounded to nearest, ties to even, written to `halves` from `offset`. */
export function writeHalves(values: Float32Array, halves: Uint16Array, offset: number): void {
  kernelMemory.start();
  const from = kernelMemory.put(values);
  kernels.toFloat16(from, from, values.length);
  halves.set(kernelMemory.shorts(from, values.length), offset);
}
