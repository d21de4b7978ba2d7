import { mulberry32 } from '../../shared/statistics/mulberry32.ts';

/**
 * p value of a statistic by shuffling which values belong to the first sample: (1 + shuffles that reach the observed one) / (1 + shuffles), never 0. For statistics whose
 * distribution is not known, such as PSI of small samples; the same for the same seed.
 *
 * @param statistic greater is more extreme; gets both samples unsorted
 */
export function permutationP(
  [first, second]: readonly [Float64Array, Float64Array],
  statistic: (first: Float64Array, second: Float64Array) => number,
  { shuffles = 999, seed = 1 }: { readonly shuffles?: number; readonly seed?: number } = {},
): number {
  const observed = statistic(first, second);
  const pool = new Float64Array(first.length + second.length);
  pool.set(first);
  pool.set(second, first.length);
  const random = mulberry32(seed);
  let reached = 0;
  for (let shuffle = 0; shuffle < shuffles; shuffle++) {
    for (let i = 0; i < first.length; i++) {
      const other = i + Math.floor(random() * (pool.length - i));
      [pool[i], pool[other]] = [pool[other] as number, pool[i] as number];
    }
    const drawn = statistic(pool.subarray(0, first.length), pool.subarray(first.length));
    if (drawn >= observed - 1e-12) reached += 1;
  }
  return (1 + reached) / (1 + shuffles);
}
