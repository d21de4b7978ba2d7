import { kernelMemory } from './kernel-memory.ts';
import { kernels } from './kernels.ts';

/* One function a kernel: typed arrays in, new ones out; maps are float32, row-major. */

/** Writes (value - base) * gain + 0.5 without its fraction to `bytes` from `offset`; computed in float64. No value may be below `base`. */
export function writeBytes(
  map: Float32Array,
  { base, gain }: { readonly base: number; readonly gain: number },
  bytes: Uint8Array,
  offset: number,
): void {
  kernelMemory.start();
  const from = kernelMemory.put(map);
  kernels.toBytes(from, base, gain, from, map.length);
  bytes.set(kernelMemory.bytes(from, map.length), offset);
}

/**
 * Writes cos^2 of the cells' features with one vector where the cosine is positive, else 0, to `out`; returns whether all are numbers, and leaves it as it is where one is not.
 *
 * @param products of each cell with the vector
 * @param squares squared length of each cell
 * @param own squared length of the vector
 */
export function writeAlignment(
  products: Float32Array,
  squares: Float32Array,
  own: number,
  out: Float32Array,
): boolean {
  kernelMemory.start();
  const from = kernelMemory.put(products);
  const lengths = kernelMemory.put(squares);
  if (kernels.alignment(from, lengths, own, from, products.length) === 0) return false;
  out.set(kernelMemory.floats(from, products.length));
  return true;
}

/** Of each cell above 0 that is nowhere lower than the eight around it value^2 times its area, else 0. */
export function peakVotes(
  map: Float32Array,
  { gridWidth, gridHeight }: { readonly gridWidth: number; readonly gridHeight: number },
  areas: Float64Array,
): Float64Array<ArrayBuffer> {
  kernelMemory.start();
  const votes = kernelMemory.room(map.length * 8);
  const weights = kernelMemory.put(areas);
  // A row of zeros before and behind the map, and one zero between rows: neighbors that are not there are not higher.
  const stride = gridWidth + 1;
  const rows = kernelMemory.room(((gridHeight + 2) * stride + 1) * 4);
  kernelMemory.floats(rows, (gridHeight + 2) * stride + 1).fill(0);
  const first = rows + (stride + 1) * 4;
  for (let row = 0; row < gridHeight; row++) {
    const start = row * gridWidth;
    kernelMemory.replace(first + row * stride * 4, map.subarray(start, start + gridWidth));
  }
  kernels.peaks(first, stride, gridWidth, gridHeight, weights, votes);
  return kernelMemory.doubles(votes, map.length).slice();
}

/** Values at a time: few enough for the fastest cache. */
const valuesAtOnce = 4096;

/** Whether no value is NaN or infinite. */
export function areFiniteFloats(values: Float32Array): boolean {
  for (let start = 0; start < values.length; start += valuesAtOnce) {
    const some = values.subarray(start, start + valuesAtOnce);
    kernelMemory.start();
    if (kernels.areFinite(kernelMemory.put(some), some.length) === 0) return false;
  }
  return true;
}
