import { kernelMemory } from '../../kernels/kernel-memory.ts';
import { kernels } from '../../kernels/kernels.ts';

const mantissaBits = 23;
const tableSize = 2048;

/** Of the middle m of each interval of the mantissa, in [1, 2): ln m and 2^-23 / m, one after the other. */
const table = kernelMemory.keep(
  Float64Array.from({ length: 2 * tableSize }, (_, i) => {
    const middle = 1 + ((i >> 1) + 0.5) / tableSize;
    return i % 2 === 0 ? Math.log(middle) : 2 ** -mantissaBits / middle;
  }),
);

/**
 * Sum of area * value * ln(value) over cells. Each logarithm is right to 5e-14: a table of 2048 logarithms and three terms of ln(1 + x) for
 * the rest, |x| < 2.5e-4 (Tang 1990, ACM TOMS 16, 378-400). What is 0 or too small to be a normal float32 adds nothing.
 *
 * @param map none below 0
 * @param areas of as many cells
 */
export function entropySum(map: Float32Array, areas: Float64Array): number {
  kernelMemory.start();
  const from = kernelMemory.put(map);
  return kernels.sumEntropy(from, kernelMemory.put(areas), map.length, table);
}
