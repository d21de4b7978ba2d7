import { weightedSum } from './weighted-sum.ts';

/**
 * Pearson correlation of two maps, each cell with its weight; in [-1, 1]. `undefined` when a map is constant, when no cell has a
 * weight, or for values that are not finite.
 */
export function weightedCorrelation(
  a: Float32Array,
  b: Float32Array,
  weights: Float64Array,
): number | undefined {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const meanA = weightedSum(weights, a) / total;
  const meanB = weightedSum(weights, b) / total;
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] as number;
    const da = (a[i] as number) - meanA;
    const db = (b[i] as number) - meanB;
    aa += weight * da * da;
    bb += weight * db * db;
    ab += weight * da * db;
  }
  const correlation = ab / Math.sqrt(aa * bb);
  return Number.isFinite(correlation) ? Math.min(1, Math.max(-1, correlation)) : undefined;
}
